//! The same rules through a client of AWS's SDK.

use std::time::Duration;

use aws_sdk_dynamodb::{
    Client,
    config::{BehaviorVersion, Builder, timeout::TimeoutConfig},
};
use dynamorm_aws::SdkClient;
use dynamorm_core::transport::{
    Repeat::{Safe, Unsafe},
    TransportErrorKind as Kind,
};

use crate::{
    client::{config, failure, send},
    reply::{Act, Reply, always, fine},
    server::Server,
};

fn client(server: &Server) -> SdkClient {
    let shared = config(&server.url()).behavior_version(BehaviorVersion::latest()).build();
    let timeout = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_millis(500)).build();
    let retry = aws_sdk_dynamodb::config::retry::RetryConfig::standard()
        .with_initial_backoff(Duration::from_millis(1));
    let config = Builder::from(&shared)
        .timeout_config(timeout)
        .retry_config(retry)
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new());
    SdkClient::new(Client::from_conf(config.build()))
}

/// Faults after which nobody knows whether the write was done.
fn unknown_outcomes() -> [Act; 4] {
    [
        always(Reply::refusal(500, "InternalServerError")),
        always(Reply::nothing()),
        always(Reply::answer(200, "{}").after(Duration::from_secs(30))),
        always(Reply::with_headers(200, &["x-amz-crc32: 1"], "{}")),
    ]
}

#[tokio::test]
async fn never_repeats_what_may_have_run() {
    for fault in unknown_outcomes() {
        let server = Server::play([fault, fine()]).await;

        let error = failure(&client(&server), Unsafe).await;

        assert_eq!((error.attempts, server.seen().len()), (1, 1), "{error:?}");
    }
}

#[tokio::test]
async fn repeats_what_is_safe() {
    for fault in unknown_outcomes() {
        let server = Server::play([fault, fine()]).await;

        assert_eq!(send(&client(&server), Safe).await.unwrap().attempts, 2);
    }
}

#[tokio::test]
async fn repeats_what_was_throttled() {
    for repeat in [Safe, Unsafe] {
        let server = Server::play([always(Reply::refusal(400, "ThrottlingException")), fine()]).await;

        assert_eq!(send(&client(&server), repeat).await.unwrap().attempts, 2);
    }
}

#[tokio::test]
async fn tells_a_refusal_as_it_is() {
    let server = Server::play([always(Reply::refusal(400, "ConditionalCheckFailedException"))]).await;

    let error = failure(&client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::ConditionFailed, 1));
    assert!(String::from_utf8_lossy(&error.body).contains("\"Item\""));
}
