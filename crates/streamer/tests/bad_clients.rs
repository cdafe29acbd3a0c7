//! Clients that do not read, do not answer, or send and connect too much: they are got rid of, and others notice nothing.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use streamer::{
    handler::Handlers,
    server::{self, Ownership},
};
use streamer_store::StoreFactory;
use support::{
    PATIENCE,
    client::Client,
    handler::Gated,
    process::Server,
    running::{Running, config, listed, until},
    token::{claims, signed},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    task::JoinSet,
    time::timeout,
};
use tokio_tungstenite::tungstenite::{Error, Message};

/// A server that pings every second: who does not answer is soon taken for gone.
fn often_pinging(server: server::Server) -> server::Server {
    server.config(config(Ownership::Exclusive))
}

/// How long others may wait for an answer meanwhile. Half a second would do on a machine that does nothing else.
const UNAFFECTED: Duration = Duration::from_secs(2);

/// Asks again and again, and returns how long the slowest answer took.
async fn slowest_answer(client: &mut Client, during: Duration) -> Duration {
    let (begun, mut slowest) = (Instant::now(), Duration::ZERO);
    while begun.elapsed() < during {
        let asked = Instant::now();
        let answer = client.ask(json!({ "action": "ping" })).await;
        assert_eq!(answer["type"], "response", "{answer}");
        slowest = slowest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    slowest
}

/// A connection that takes in no more than a few kilobytes that are not read.
async fn narrow(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    socket.connect(address.parse().unwrap()).await.unwrap()
}

mod slow_reader {
    use super::*;

    const REQUESTS: usize = 60;

    #[tokio::test(flavor = "multi_thread")]
    async fn of_many_large_results_is_closed_and_finds_them_all_on_another_connection() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let handlers = support::handler::text_of(200_000);
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            often_pinging(server).handlers(handlers)
        })
        .await;
        let mut other = server.connect("u-2").await;
        let mut slow = connect_narrowly(&server).await;
        for number in 0..REQUESTS {
            slow.send(json!({ "id": number.to_string(), "action": "text" })).await;
        }

        // It reads nothing: 12 MB wait for it.
        let slowest = slowest_answer(&mut other, Duration::from_secs(4)).await;
        until(async || listed(&stores).await.len() == 1).await;

        assert!(slowest < UNAFFECTED, "{slowest:?}");
        let mut again = server.connect("u-1").await;
        for number in 0..REQUESTS {
            let id = number.to_string();
            let answer = again.ask(json!({ "id": id, "action": "text" })).await;
            assert_eq!(answer["type"], "acknowledgment");
            assert_eq!(again.hears(&id).await.pop().unwrap()["type"], "complete");
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_reads_at_last_is_told_4408() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let handlers = support::handler::text_of(900_000);
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            often_pinging(server).handlers(handlers)
        })
        .await;
        let mut slow = connect_narrowly(&server).await;
        for number in 0..REQUESTS {
            slow.send(json!({ "id": number.to_string(), "action": "text" })).await;
        }

        // A heartbeat's time without reading, which is a second here, and less than the two for the close.
        tokio::time::sleep(Duration::from_millis(2000)).await;
        let closed = slow.closed().await;

        assert_eq!(closed.map(|frame| frame.code.into()), Some(4408));
    }

    async fn connect_narrowly(server: &Running) -> Client<TcpStream> {
        let stream = narrow(&server.address).await;
        Client::connect_over(stream, &server.address, &signed(&claims("u-1", "t-1"))).await
    }
}

mod half_open_socket {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn is_closed_and_its_items_are_removed() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let gated = Gated::default();
        let handler = gated.clone();
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            often_pinging(server).handler(handler)
        })
        .await;
        let mut submitter = server.connect("u-1").await;
        submitter.ask(json!({ "id": "r-1", "action": "gated" })).await;
        let mut client = server.connect("u-1").await;
        let id = client.connection_id().await;
        client.subscribe("r-1").await;
        assert_eq!(stores.subscriptions().count_by_connection(&id).await.unwrap(), 1);

        // It is there and answers nothing, as one whose network is gone; the other reads on.
        let reading =
            tokio::spawn(
                async move { while submitter.socket.next().await.is_some_and(|frame| frame.is_ok()) {} },
            );
        until(async || listed(&stores).await.len() == 1).await;

        until(async || stores.subscriptions().count_by_connection(&id).await.unwrap() == 0).await;
        assert!(stores.connections().get_consistent(&id).await.is_err());
        gated.gate.add_permits(1);
        reading.abort();
        drop(client);
    }
}

mod flood_of_connections {
    use super::*;

    const PLACES: usize = 20;

    #[tokio::test(flavor = "multi_thread")]
    async fn beyond_the_limit_is_refused_and_leaves_nothing_behind() {
        let server = Server::start_with(&["--db", "memory:", "--max-connections", &PLACES.to_string()]);
        let path = format!("/ws?token={}", signed(&claims("u-1", "t-1")));

        for _ in 0..2 {
            let (mut attempts, mut clients, mut refused) = (JoinSet::new(), Vec::new(), 0);
            for _ in 0..200 {
                let (address, path) = (server.address().to_owned(), path.clone());
                attempts.spawn(async move { Client::try_connect(&address, &path, &[]).await });
            }
            while let Some(attempt) = attempts.join_next().await {
                match attempt.unwrap() {
                    Ok(client) => clients.push(client),
                    Err(Error::Http(response)) if response.status() == 503 => refused += 1,
                    Err(error) => panic!("neither connected nor refused: {error}"),
                }
            }

            assert_eq!((clients.len(), refused), (PLACES, 200 - PLACES));
            // All of them go at once, without a word; the next round has their places.
            drop(clients);
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_never_finish_their_handshakes_keep_nobody_out() {
        let server = Server::start_after("ulimit -n 400", &["--db", "memory:"]);
        let token = signed(&claims("u-1", "t-1"));
        let mut connected = Client::connect(server.address(), &token).await;
        let mut halves = Vec::new();
        for number in 0..250 {
            let mut half = TcpStream::connect(server.address()).await.unwrap();
            let head = format!("GET /ws?token={token} HTTP/1.1\r\nHost: {}\r\nUpgra", server.address());
            half.write_all(&head.as_bytes()[..number % head.len()]).await.unwrap();
            halves.push(half);
        }

        let asked = Instant::now();
        let (slowest, mut late) = tokio::join!(
            slowest_answer(&mut connected, Duration::from_secs(1)),
            Client::connect(server.address(), &token)
        );

        assert!(slowest < UNAFFECTED, "{slowest:?}");
        assert!(asked.elapsed() < PATIENCE, "{:?}", asked.elapsed());
        assert_eq!(late.ask(json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn that_break_off_after_the_101_are_removed() {
        let stores = StoreFactory::connect("memory:").unwrap();
        let server =
            Running::start_with(&stores, Ownership::Exclusive, |server| server.handlers(Handlers::new()))
                .await;

        for _ in 0..50 {
            let client = server.connect("u-1").await;
            // Reset rather than closed: there is something left unread.
            let stream = client.socket.into_inner();
            drop(stream);
        }

        until(async || listed(&stores).await.is_empty()).await;
    }
}

mod flood_of_messages {
    use super::*;

    /// Sends a message as fast as it goes until the server closes the connection; returns with which code.
    async fn flood(client: Client, message: Message) -> Option<u16> {
        let (mut sink, mut stream) = client.socket.split();
        let flood = async {
            while sink.send(message.clone()).await.is_ok() {}
            std::future::pending::<()>().await;
        };
        let closed = async {
            loop {
                match stream.next().await {
                    Some(Ok(Message::Close(frame))) => {
                        return frame.map(|frame| u16::from(frame.code));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        tokio::select! {
            () = flood => None,
            code = closed => code,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_with_4429_though_it_is_of_pings() {
        let server = Server::start();
        let client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        let code = timeout(PATIENCE, flood(client, Message::Ping(Vec::new().into()))).await.expect("an end");

        assert_eq!(code, Some(4429));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_with_4429_and_slows_nobody_else_down() {
        let server = Server::start();
        let mut other = Client::connect(server.address(), &signed(&claims("u-2", "t-1"))).await;
        let mut floods = JoinSet::new();
        for _ in 0..5 {
            let client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
            floods.spawn(flood(client, Message::text(json!({ "action": "ping" }).to_string())));
        }

        let slowest = slowest_answer(&mut other, Duration::from_secs(3)).await;
        let codes = timeout(PATIENCE, floods.join_all()).await.expect("the floods to be closed");

        assert_eq!(codes, [Some(4429); 5]);
        assert!(slowest < UNAFFECTED, "{slowest:?}");
    }
}

mod what_is_no_frame {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn ends_its_connection_alone() {
        let server = Server::start();
        let token = signed(&claims("u-1", "t-1"));
        let mut other = Client::connect(server.address(), &token).await;

        for garbage in
            [&[0xff; 64][..], &[0x81, 0xfe, 0, 0], &[0xc1, 0x80, 0, 0, 0, 0], &[0x88, 0x81, 1, 2, 3, 4, 5]]
        {
            let client = Client::connect(server.address(), &token).await;
            let mut stream = client.socket.into_inner();
            stream.write_all(garbage).await.unwrap();
            stream.shutdown().await.unwrap();
            let mut rest = Vec::new();
            // A reset is as good an end as any.
            let _ = timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("an end");
        }

        assert_eq!(other.ask(json!({ "action": "ping" })).await["type"], "response");
    }
}

mod subscriptions {
    use streamer_store::Submission;

    use super::*;

    /// Several reads of the store for each look at it, at the 50 messages a second that one connection may send. That it is
    /// 10,000 at most is claimed where the outbox is.
    const MANY: usize = 250;

    #[tokio::test(flavor = "multi_thread")]
    async fn of_one_connection_each_hear_of_their_end_and_go_with_it() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let server = Running::start(&stores, Ownership::Exclusive).await;
        let in_an_hour = stores.requests().now().saturating_add(Duration::from_secs(3600));
        let mut keys = Vec::new();
        for number in 0..MANY {
            let submission = Submission::new("t-1", "u-1", "elsewhere").id(number.to_string());
            let enqueued = stores.requests().enqueue(submission.process_after(in_an_hour)).await.unwrap();
            keys.push(enqueued.request.request_key());
        }
        let mut client = server.connect("u-1").await;
        let id = client.connection_id().await;
        for number in 0..MANY {
            let answer = client.subscribe(&number.to_string()).await;
            assert_eq!(answer["type"], "response", "{number}: {answer}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let stored = stores.subscriptions().count_by_connection(&id).await.unwrap();

        for key in &keys {
            stores.requests().cancel(key).await.unwrap();
        }
        let heard = client.hears_all(MANY).await;
        drop(client);

        assert_eq!((stored, heard.len()), (MANY as u64, MANY));
        assert!(
            heard.values().all(|messages| messages.len() == 1 && messages[0]["error"]["code"] == "CANCELLED")
        );
        until(async || listed(&stores).await.is_empty()).await;
        until(async || stores.subscriptions().count_by_connection(&id).await.unwrap() == 0).await;
    }
}
