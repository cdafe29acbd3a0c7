//! How much memory a server takes: a thousand connections that do nothing, and a thousand that wait for a running request
//! each. Ignored, since it measures: docs/benchmarks.md says how, and what came of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{fs, time::Duration};

use futures_util::StreamExt;
use serde_json::json;
use support::{
    client::Client,
    process::Server,
    token::{claims, signed},
};
use tokio::{net::TcpSocket, task::JoinSet};

/// How many connections there are of each kind.
const CONNECTIONS: usize = 1000;

/// How long they are watched.
const WATCHED: Duration = Duration::from_secs(20);

/// What a thousand connections may take at most, in KB, whatever they do: the server's own buffers of 8 KB each, and as much
/// again of what it holds for each.
const MOST: u64 = 64 * 1024;

/// Resident memory of a process in KB: now, and at most so far.
#[derive(Clone, Copy, Debug)]
struct Memory {
    now: u64,
    most: u64,
}

impl Memory {
    fn of(process: u32) -> Self {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
        let read = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
            line.trim().trim_end_matches(" kB").parse().unwrap()
        };
        Self { now: read("VmRSS:"), most: read("VmHWM:") }
    }
}

/// A server for as many connections as this asks for, on a database in memory and a worker that carries all of their
/// requests out at once.
fn server() -> Server {
    rlimit::increase_nofile_limit(u64::MAX).unwrap();
    Server::start_with(&["--db", "memory:", "--concurrency", "2000", "--max-connections", "5000"])
}

async fn connect(server: &Server) -> Client {
    Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await
}

/// Connects so many, some of them at the same time.
async fn connect_all(server: &Server, count: usize) -> Vec<Client> {
    let mut clients = Vec::new();
    while clients.len() < count {
        let batch = (0..50.min(count - clients.len())).map(|_| connect(server));
        clients.extend(futures_util::future::join_all(batch).await);
    }
    clients
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures memory for a minute; docs/benchmarks.md has the command"]
async fn of_a_thousand_idle_and_a_thousand_busy_connections_is_bounded() {
    let server = server();
    let empty = Memory::of(server.id());

    let idle = connect_all(&server, CONNECTIONS).await;
    let mut reading = JoinSet::new();
    for mut client in idle {
        reading.spawn(async move { while client.socket.next().await.is_some_and(|frame| frame.is_ok()) {} });
    }
    tokio::time::sleep(WATCHED).await;
    let with_idle = Memory::of(server.id());

    let busy = connect_all(&server, CONNECTIONS).await;
    let heard = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
    for (number, mut client) in busy.into_iter().enumerate() {
        let heard = std::sync::Arc::clone(&heard);
        reading.spawn(async move {
            let payload = json!({ "to": 300, "delay_ms": 250 });
            client.send(json!({ "id": number.to_string(), "action": "count", "payload": payload })).await;
            while let Some(Ok(frame)) = client.socket.next().await {
                heard.fetch_add(u64::from(frame.is_text()), std::sync::atomic::Ordering::Relaxed);
            }
        });
    }
    tokio::time::sleep(WATCHED).await;
    let with_busy = Memory::of(server.id());
    let messages = heard.load(std::sync::atomic::Ordering::Relaxed);

    println!(
        "empty {empty:?}, {CONNECTIONS} idle {with_idle:?}, and {CONNECTIONS} busy {with_busy:?}, {messages} messages heard"
    );
    println!(
        "KB a connection: idle {:.1}, busy {:.1}",
        (with_idle.now - empty.now) as f64 / CONNECTIONS as f64,
        (with_busy.now - with_idle.now) as f64 / CONNECTIONS as f64
    );
    assert!(with_idle.most - empty.now < MOST, "{empty:?}, {with_idle:?}");
    assert!(messages > CONNECTIONS as u64, "they are not busy: {messages} messages");
    assert!(with_busy.most - with_idle.now < MOST, "{with_idle:?}, {with_busy:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures memory for a minute; docs/benchmarks.md has the command"]
async fn of_a_hundred_slow_readers_is_bounded() {
    let server = server();
    let token = signed(&claims("u-1", "t-1"));
    let empty = Memory::of(server.id());

    // Each waits for twenty results of 100 KB, 200 MB of all of them, and reads none.
    let mut slow = Vec::new();
    for number in 0..100 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(server.address().parse().unwrap()).await.unwrap();
        let mut client = Client::connect_over(stream, server.address(), &token).await;
        let submitting = async {
            for request in 0..20 {
                let payload = json!({ "text": "x".repeat(100_000) });
                let id = format!("{number}-{request}");
                client.send(json!({ "id": id, "action": "echo_async", "payload": payload })).await;
            }
        };
        // The server may have stopped to read, since its answers are not.
        let _ = tokio::time::timeout(Duration::from_secs(2), submitting).await;
        slow.push(client);
    }
    tokio::time::sleep(Duration::from_secs(10)).await;
    let with_slow = Memory::of(server.id());
    let answer = connect(&server).await.ask(json!({ "action": "ping" })).await;

    println!("empty {empty:?}, 100 slow readers {with_slow:?}");
    assert_eq!(answer["type"], "response");
    assert!(with_slow.most - empty.now < 2 * MOST, "{empty:?}, {with_slow:?}");
}
