//! How often a request is sent at most.

use aws_smithy_types::retry::RetryConfig;
use aws_types::origin::Origin;
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::Repeat::Safe;

use crate::{
    client::{client, config, failure, send},
    reply::{Act, Reply, always, fine},
    server::Server,
};

fn broken() -> Act {
    always(Reply::refusal(500, "InternalServerError"))
}

async fn attempts(retry: RetryConfig, is_chosen: bool) -> u32 {
    let server = Server::play([broken()]).await;
    let mut config = config(&server.url()).retry_config(retry);
    if is_chosen {
        config.insert_origin("retry_config", Origin::shared_config());
    }
    failure(&DynamoDb::new(&config.build()).unwrap(), Safe).await.attempts
}

#[tokio::test]
async fn are_as_many_as_the_configuration_says() {
    let fast = |retry: RetryConfig| retry.with_initial_backoff(std::time::Duration::from_millis(1));

    assert_eq!(attempts(RetryConfig::disabled(), false).await, 1);
    assert_eq!(attempts(fast(RetryConfig::standard().with_max_attempts(2)), false).await, 2);
    assert_eq!(attempts(fast(RetryConfig::standard().with_max_attempts(6)), false).await, 6);
}

/// Three is AWS's default for all services, and DynamoDB's is four; who asks for three gets three.
#[tokio::test]
async fn are_four_where_the_default_of_all_services_stands() {
    assert_eq!(attempts(RetryConfig::standard(), false).await, 4);
    assert_eq!(attempts(RetryConfig::standard(), true).await, 3);
}

/// The quota is 500, and a retry takes 5 of it.
#[tokio::test]
async fn end_where_their_quota_is_used_up_and_come_back_with_success() {
    let is_broken = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(true));
    let server = {
        let is_broken = std::sync::Arc::clone(&is_broken);
        Server::play([std::sync::Arc::new(move |seen: &_| {
            match is_broken.load(std::sync::atomic::Ordering::SeqCst) {
                true => broken()(seen),
                false => fine()(seen),
            }
        }) as Act])
        .await
    };
    let retry = RetryConfig::standard().with_initial_backoff(std::time::Duration::from_micros(1));
    let client = DynamoDb::new(&config(&server.url()).retry_config(retry).build()).unwrap();

    for _ in 0..40 {
        failure(&client, Safe).await;
    }
    assert_eq!(failure(&client, Safe).await.attempts, 1);
    assert!(server.seen().len() < 41 + 110, "{}", server.seen().len());

    is_broken.store(false, std::sync::atomic::Ordering::SeqCst);
    for _ in 0..10 {
        send(&client, Safe).await.unwrap();
    }
    is_broken.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(failure(&client, Safe).await.attempts > 1);
}

#[tokio::test]
async fn tell_the_server_which_attempt_it_is() {
    let server = Server::play([broken(), fine()]).await;

    send(&client(&server), Safe).await.unwrap();

    let seen = server.seen();
    assert_eq!(seen[0].header("amz-sdk-request"), Some("attempt=1; max=4"));
    assert_eq!(seen[1].header("amz-sdk-request"), Some("attempt=2; max=4"));
    assert_eq!(seen[0].header("amz-sdk-invocation-id"), seen[1].header("amz-sdk-invocation-id"));
}
