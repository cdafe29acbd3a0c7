//! Credentials that expire, fail, or are not there.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

#[cfg(not(feature = "sso"))]
use aws_config::profile::ProfileFileCredentialsProvider;
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials, Result, SharedCredentialsProvider, error::CredentialsError, future},
};
#[cfg(not(feature = "sso"))]
use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
use aws_smithy_runtime::client::identity::IdentityCache;
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::{
    Repeat::{Safe, Unsafe},
    TransportErrorKind as Kind,
};

use crate::{
    client::{KEY, config, failure, send},
    reply::{Reply, always, fine},
    server::Server,
};

type Provide = dyn Fn(u32) -> Result + Send + Sync;

/// A provider that is told which call of it this is, from 0 on.
#[derive(Clone)]
struct Provider {
    calls: Arc<AtomicU32>,
    provide: Arc<Provide>,
}

impl Provider {
    fn new(provide: impl Fn(u32) -> Result + Send + Sync + 'static) -> Self {
        Self { calls: Arc::default(), provide: Arc::new(provide) }
    }

    fn client(&self, server: &Server) -> DynamoDb {
        let provider = SharedCredentialsProvider::new(self.clone());
        DynamoDb::new(&config(&server.url()).credentials_provider(provider).build()).unwrap()
    }
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Provider")
    }
}

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready((self.provide)(self.calls.fetch_add(1, Ordering::SeqCst)))
    }
}

fn keys(id: &str, expires_in: Duration) -> Credentials {
    Credentials::new(id, KEY, None, Some(SystemTime::now() + expires_in), "test")
}

#[tokio::test]
async fn that_expire_between_two_attempts_are_fetched_anew() {
    let server = Server::play([always(Reply::refusal(500, "InternalServerError")), fine()]).await;
    // The first ones are within the time in which AWS's cache renews them, so that each attempt asks.
    let provider = Provider::new(|call| match call {
        0 => Ok(keys("FIRST", Duration::from_secs(1))),
        _ => Ok(keys("SECOND", Duration::from_secs(3600))),
    });

    assert_eq!(send(&provider.client(&server), Safe).await.unwrap().attempts, 2);

    let seen = server.seen();
    assert!(seen[0].header("authorization").unwrap().contains("Credential=FIRST/"));
    assert!(seen[1].header("authorization").unwrap().contains("Credential=SECOND/"));
}

#[tokio::test]
async fn whose_provider_fails_once_are_asked_for_again() {
    for repeat in [Safe, Unsafe] {
        let server = Server::play([fine()]).await;
        let provider = Provider::new(|call| match call {
            0 => Err(CredentialsError::provider_error("the metadata service did not answer")),
            _ => Ok(keys("ID", Duration::from_secs(3600))),
        });

        let response = send(&provider.client(&server), repeat).await.unwrap();

        // Of the two tries one was sent.
        assert_eq!((response.attempts, server.seen().len()), (1, 1));
    }
}

#[tokio::test]
async fn whose_provider_always_fails_deny_the_request_unsent() {
    let server = Server::play([fine()]).await;
    let provider = Provider::new(|_| Err(CredentialsError::provider_error("the metadata service is away")));

    let error = failure(&provider.client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts, server.seen().len()), (Kind::Denied, 0, 0));
    assert!(error.message.ends_with("the metadata service is away"), "{}", error.message);
    assert_eq!(provider.calls.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn that_are_not_there_deny_the_request_at_once() {
    let server = Server::play([fine()]).await;
    let provider =
        Provider::new(|_| Err(CredentialsError::not_loaded("no profile and no variable names them")));

    let error = failure(&provider.client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Denied, 0));
    assert!(error.message.ends_with("no profile and no variable names them"), "{}", error.message);
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
}

/// A provider that gives no answer.
#[derive(Debug)]
struct Silent;

impl ProvideCredentials for Silent {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(std::future::pending())
    }
}

#[tokio::test]
async fn whose_provider_is_silent_deny_the_request_in_time() {
    let server = Server::play([fine()]).await;
    let config = config(&server.url())
        .credentials_provider(SharedCredentialsProvider::new(Silent))
        .identity_cache(IdentityCache::lazy().load_timeout(Duration::from_millis(50)).build());
    let client = DynamoDb::new(&config.build()).unwrap();
    let began = Instant::now();

    let error = failure(&client, Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Denied, 0));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[cfg(not(feature = "sso"))]
#[tokio::test]
async fn of_an_identity_center_deny_the_request_and_name_the_feature_that_is_left_out() {
    let server = Server::play([fine()]).await;
    let profile = "[default]\nsso_start_url = https://desk.awsapps.com/start\nsso_region = us-east-1\n\
        sso_account_id = 123456789012\nsso_role_name = reader\n";
    let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, profile).build();
    let provider = ProfileFileCredentialsProvider::builder().profile_files(files).build();
    let config = config(&server.url()).credentials_provider(SharedCredentialsProvider::new(provider)).build();

    let error = failure(&DynamoDb::new(&config).unwrap(), Safe).await;

    assert_eq!((error.kind, server.seen().len()), (Kind::Denied, 0));
    assert!(error.message.contains("feature(s) enabled: sso"), "{}", error.message);
}
