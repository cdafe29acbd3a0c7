//! Connections that end, stall, or are never made.

use std::time::{Duration, Instant};

use aws_smithy_types::retry::{RetryConfig, RetrySpec};
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::{
    Repeat::{self, Safe, Unsafe},
    Transport as _, TransportErrorKind as Kind,
};

use crate::{
    client::{client, config, failure, impatient, send, write},
    reply::{Act, Reply, always, fine},
    server::Server,
};

const LONG: Duration = Duration::from_secs(30);

async fn attempts_and_requests(first: Act, repeat: Repeat) -> (Result<u32, (Kind, u32)>, usize) {
    let server = Server::play([first, fine()]).await;
    let outcome = send(&impatient(&server, Duration::from_millis(300)), repeat).await;
    let outcome = outcome.map(|response| response.attempts).map_err(|error| (error.kind, error.attempts));
    (outcome, server.seen().len())
}

mod dropped {
    use super::*;

    #[tokio::test]
    async fn before_the_answer_is_repeated_when_safe_alone() {
        let drop = || always(Reply::nothing());

        assert_eq!(attempts_and_requests(drop(), Safe).await, (Ok(2), 2));
        assert_eq!(attempts_and_requests(drop(), Unsafe).await, (Err((Kind::Unavailable, 1)), 1));
    }

    #[tokio::test]
    async fn in_the_head_of_the_answer_is_repeated_when_safe_alone() {
        let drop = || always(Reply::raw("HTTP/1.1 200 OK\r\ncontent-le").then_close());

        assert_eq!(attempts_and_requests(drop(), Safe).await, (Ok(2), 2));
        assert_eq!(attempts_and_requests(drop(), Unsafe).await, (Err((Kind::Unavailable, 1)), 1));
    }

    #[tokio::test]
    async fn in_the_body_of_the_answer_is_repeated_when_safe_alone() {
        let drop = || always(Reply::answer(200, r#"{"Attributes":{}}"#).cut_short());

        assert_eq!(attempts_and_requests(drop(), Safe).await, (Ok(2), 2));
        assert_eq!(attempts_and_requests(drop(), Unsafe).await, (Err((Kind::Unavailable, 1)), 1));
    }

    #[tokio::test]
    async fn after_the_answer_takes_nothing_away() {
        let close = || always(Reply::answer(200, "{}").then_close());

        for repeat in [Safe, Unsafe] {
            assert_eq!(attempts_and_requests(close(), repeat).await, (Ok(1), 1));
        }
    }

    #[tokio::test]
    async fn after_the_answer_is_not_used_for_the_next_request() {
        let server = Server::play([always(Reply::answer(200, "{}").then_close()), fine()]).await;
        let client = client(&server);

        for _ in 0..3 {
            assert_eq!(send(&client, Unsafe).await.unwrap().attempts, 1);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

mod slow {
    use super::*;

    #[tokio::test]
    async fn to_begin_an_answer_ends_the_attempt() {
        let slow = || always(Reply::answer(200, "{}").after(LONG));
        let began = Instant::now();

        assert_eq!(attempts_and_requests(slow(), Safe).await, (Ok(2), 2));
        assert_eq!(attempts_and_requests(slow(), Unsafe).await, (Err((Kind::Timeout, 1)), 1));

        assert!(began.elapsed() >= Duration::from_millis(600), "{:?}", began.elapsed());
        assert!(began.elapsed() < LONG / 2, "{:?}", began.elapsed());
    }

    #[tokio::test]
    async fn to_end_an_answer_ends_the_attempt() {
        let slow = || always(Reply::answer(200, r#"{"Attributes":{}}"#).halved_by(LONG));

        assert_eq!(attempts_and_requests(slow(), Safe).await, (Ok(2), 2));
        assert_eq!(attempts_and_requests(slow(), Unsafe).await, (Err((Kind::Timeout, 1)), 1));
    }

    #[tokio::test]
    async fn for_ever_ends_after_four_attempts() {
        let server = Server::play([always(Reply::answer(200, "{}").after(LONG))]).await;
        let began = Instant::now();

        let error = failure(&impatient(&server, Duration::from_millis(100)), Safe).await;

        assert_eq!((error.kind, error.attempts), (Kind::Timeout, 4));
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    }

    /// The patience of a client that was told nothing: 10 s an attempt, by tokio's clock.
    #[tokio::test(start_paused = true)]
    async fn is_what_takes_ten_seconds_where_nothing_else_is_said() {
        let server = Server::play([always(Reply::answer(200, "{}").after(Duration::from_secs(3600)))]).await;
        let began = tokio::time::Instant::now();

        let error = failure(&client(&server), Unsafe).await;

        assert_eq!((error.kind, error.attempts), (Kind::Timeout, 1));
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test]
    async fn but_within_the_patience_is_fine() {
        let slow = always(Reply::answer(200, "{}").after(Duration::from_millis(50)));

        assert_eq!(attempts_and_requests(slow, Unsafe).await, (Ok(1), 1));
    }
}

mod refused {
    use super::*;

    #[tokio::test]
    async fn is_told_as_never_sent() {
        let url = Server::play([fine()]).await.url();
        tokio::time::sleep(Duration::from_millis(20)).await;
        let client = DynamoDb::new(&config(&url).build()).unwrap();

        for repeat in [Safe, Unsafe] {
            let error = failure(&client, repeat).await;

            assert_eq!((error.kind, error.attempts), (Kind::Unavailable, 0));
            assert!(
                error.message.starts_with("the endpoint cannot be reached: Connection refused"),
                "{}",
                error.message
            );
        }
    }
}

mod pool {
    use super::*;

    #[tokio::test]
    async fn keeps_a_connection_that_works() {
        let server = Server::play([fine()]).await;
        let client = client(&server);

        for _ in 0..5 {
            send(&client, Unsafe).await.unwrap();
        }

        assert!(server.seen().iter().all(|seen| seen.connection == 0));
    }

    #[tokio::test]
    async fn throws_away_one_that_failed() {
        for repeat in [Safe, Unsafe] {
            let server = Server::play([always(Reply::refusal(500, "InternalServerError")), fine()]).await;
            let client = client(&server);

            let _ = send(&client, repeat).await;
            send(&client, repeat).await.unwrap();

            assert_eq!(server.seen()[1].connection, 1);
        }
    }

    /// A configuration of AWS's newer generation of retries would keep it.
    #[tokio::test]
    async fn throws_away_one_that_failed_whatever_the_generation_of_retries() {
        let server = Server::play([always(Reply::refusal(500, "InternalServerError")), fine()]).await;
        let retry = RetryConfig::standard().with_retry_spec(RetrySpec::v2_1());
        let client = DynamoDb::new(&config(&server.url()).retry_config(retry).build()).unwrap();

        send(&client, Safe).await.unwrap();

        assert_eq!(server.seen()[1].connection, 1);
    }

    #[tokio::test]
    async fn keeps_one_that_brought_a_refusal() {
        let server = Server::play([always(Reply::refusal(400, "ValidationException")), fine()]).await;
        let client = client(&server);

        failure(&client, Safe).await;
        send(&client, Safe).await.unwrap();

        assert_eq!(server.seen()[1].connection, 0);
    }
}

mod a_call_that_is_dropped {
    use super::*;

    #[tokio::test]
    async fn is_sent_once_at_most_and_leaves_the_client_whole() {
        let server = Server::play([always(Reply::answer(200, "{}").after(LONG)), fine()]).await;
        let client = client(&server);

        let cut = tokio::time::timeout(Duration::from_millis(100), client.send(write(Safe))).await;

        assert!(cut.is_err());
        assert_eq!(send(&client, Safe).await.unwrap().attempts, 1);
        assert_eq!(server.seen().len(), 2);
    }
}
