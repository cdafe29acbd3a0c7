//! DynamoDB asks for fewer requests.

use std::time::{Duration, Instant};

use aws_smithy_types::retry::RetryConfig;
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::{
    Repeat::{Safe, Unsafe},
    TransportErrorKind as Kind,
};

use crate::{
    client::{client, config, failure, send},
    reply::{Reply, always, fine},
    server::Server,
};

const NAMES: [&str; 3] =
    ["ProvisionedThroughputExceededException", "ThrottlingException", "RequestLimitExceeded"];

#[tokio::test]
async fn is_retried_whether_safe_or_not() {
    for name in NAMES {
        for repeat in [Safe, Unsafe] {
            let server = Server::play([always(Reply::refusal(400, name))]).await;
            let began = Instant::now();

            let error = failure(&client(&server), repeat).await;

            assert_eq!((error.kind, error.attempts, server.seen().len()), (Kind::Throttled, 4, 4), "{name}");
            // Three pauses of at most 25, 50 and 100 ms.
            assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
        }
    }
}

#[tokio::test]
async fn is_known_by_either_name_and_by_both() {
    for names in [
        r#""__type":"a#ThrottlingException""#,
        r#""code":"ThrottlingException""#,
        r#""__type":"a#ThrottlingException","code":"x""#,
    ] {
        let server = Server::play([always(Reply::answer(400, &format!("{{{names}}}"))), fine()]).await;

        assert_eq!(send(&client(&server), Unsafe).await.unwrap().attempts, 2, "{names}");
    }
}

#[tokio::test]
async fn is_over_when_a_repetition_succeeds() {
    let server = Server::play([always(Reply::refusal(400, NAMES[1])), fine()]).await;

    assert_eq!(send(&client(&server), Unsafe).await.unwrap().attempts, 2);
}

#[tokio::test]
async fn tells_its_causes_where_it_has_some() {
    for list in ["throttlingReasons", "ThrottlingReasons"] {
        let body = format!(
            r#"{{"__type":"a#ThrottlingException","message":"too fast","{list}":[{{"reason":"TableWriteKeyRangeThroughputExceeded","resource":"arn:aws:dynamodb:eu-west-1:1:table/orders"}}]}}"#
        );
        let server = Server::play([always(Reply::answer(400, &body))]).await;

        let error = failure(&client(&server), Safe).await;

        let told =
            "too fast (TableWriteKeyRangeThroughputExceeded on `arn:aws:dynamodb:eu-west-1:1:table/orders`)";
        assert_eq!(error.message, told);
    }
}

#[tokio::test]
async fn without_causes_tells_dynamodbs_words() {
    let server = Server::play([always(Reply::refusal(400, NAMES[0]))]).await;

    assert_eq!(failure(&client(&server), Safe).await.message, "words of DynamoDB");
}

#[tokio::test]
async fn in_adaptive_mode_is_retried_and_slows_down() {
    let server = Server::play([always(Reply::refusal(400, NAMES[1])), fine()]).await;
    let retry = RetryConfig::adaptive().with_initial_backoff(Duration::from_millis(1));
    let client = DynamoDb::new(&config(&server.url()).retry_config(retry).build()).unwrap();

    assert_eq!(send(&client, Safe).await.unwrap().attempts, 2);

    let began = Instant::now();
    for _ in 0..2 {
        send(&client, Safe).await.unwrap();
    }
    // After a throttle the rate begins at half a request a second.
    assert!(began.elapsed() > Duration::from_millis(200), "{:?}", began.elapsed());
}
