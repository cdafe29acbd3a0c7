//! What the factory promises.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "support/dynamodb_local.rs"]
mod dynamodb_local;

use dynamorm::{Db, Model, Timestamp, aws};
use dynamorm_conformance::provided;
use streamer_store::{Connection, Drift, DriftReport, ErrorKind, MigrationStep, StoreFactory, TableState};

const TABLES: [&str; 4] =
    ["streamer_connections", "streamer_requests", "streamer_subscriptions", "streamer_system"];

#[tokio::test]
async fn makes_the_tables_once() {
    let stores = StoreFactory::from_db(Db::memory().unwrap());

    let first = stores.ensure_tables().await.unwrap();
    let second = stores.ensure_tables().await.unwrap();

    assert!(first.iter().all(|table| table.state == TableState::Created));
    assert!(second.iter().all(|table| table.state == TableState::Existed));
    let names: Vec<&str> = first.iter().map(|table| &*table.name).collect();
    assert_eq!(names, TABLES);
}

#[tokio::test]
async fn works_on_the_database_that_it_is_given() {
    let db = Db::memory().unwrap();
    let stores = StoreFactory::from_db(db.clone()).with_table_prefix("other_");

    stores.ensure_tables().await.unwrap();

    assert_eq!(
        db.list_tables().await.unwrap(),
        ["other_connections", "other_requests", "other_subscriptions", "other_system"]
    );
}

/// A database on DynamoDB Local that no one else has.
async fn sdk_config() -> Option<aws::SdkConfig> {
    let endpoint = provided("DYNAMORM_DYNAMODB_LOCAL")?;
    Some(dynamodb_local::config(&endpoint, &dynamodb_local::access_key()).await)
}

#[tokio::test]
async fn works_on_the_database_that_a_configuration_leads_to() {
    let Some(config) = sdk_config().await else { return };
    let other = sdk_config().await.unwrap();

    StoreFactory::from_sdk_config(&config).unwrap().ensure_tables().await.unwrap();

    assert_eq!(Db::aws(&config).unwrap().list_tables().await.unwrap(), TABLES);
    assert_eq!(Db::aws(&other).unwrap().list_tables().await.unwrap(), [""; 0]);
}

#[tokio::test]
async fn refuses_a_configuration_that_leads_nowhere() {
    let config = aws::SdkConfig::builder().build();

    let error = StoreFactory::from_sdk_config(&config).unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Validation { field: "request" });
}

#[cfg(feature = "aws-sdk-client")]
#[tokio::test]
async fn sends_every_request_through_the_client_that_it_is_given() {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use aws_sdk_dynamodb::{
        Client,
        config::{
            Builder, ConfigBag, Intercept, RuntimeComponents,
            interceptors::BeforeTransmitInterceptorContextRef,
        },
        error::BoxError,
    };

    /// Counts what the client sends.
    #[derive(Clone, Debug, Default)]
    struct Sent(Arc<AtomicUsize>);

    impl Intercept for Sent {
        fn name(&self) -> &'static str {
            "Sent"
        }

        fn read_before_transmit(
            &self,
            _: &BeforeTransmitInterceptorContextRef<'_>,
            _: &RuntimeComponents,
            _: &mut ConfigBag,
        ) -> Result<(), BoxError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Ok(())
        }
    }

    let Some(config) = sdk_config().await else { return };
    let sent = Sent::default();
    let client = Client::from_conf(Builder::from(&config).interceptor(sent.clone()).build());
    let stores = StoreFactory::from_sdk_client(client);
    stores.ensure_tables().await.unwrap();
    let before = sent.0.load(Ordering::Relaxed);

    let submission = streamer_store::Submission::new("acme", "ann", "echo").id("r-1");
    let stored = stores.requests().enqueue(submission).await.unwrap().request;

    assert_eq!(sent.0.load(Ordering::Relaxed) - before, 1);
    let through_configuration = StoreFactory::from_sdk_config(&config).unwrap().requests();
    assert_eq!(through_configuration.get_consistent(&stored.request_key()).await.unwrap(), stored);
}

#[tokio::test]
async fn refuses_another_number_of_shards_than_is_stored() {
    let db = Db::memory().unwrap();
    StoreFactory::from_db(db.clone()).ensure_tables().await.unwrap();
    StoreFactory::from_db(db.clone()).ensure_tables().await.unwrap();

    let error = StoreFactory::from_db(db).with_shards(8).ensure_tables().await.unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Validation { field: "shards" });
    assert!(error.to_string().contains("has 16 shards and this process is set to 8; use 16"), "{error}");
}

#[tokio::test]
async fn names_the_missing_table_and_the_remedy() {
    let stores = StoreFactory::from_db(Db::memory().unwrap());

    let error = stores.connections().get("c-1").await.unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Table);
    assert!(error.to_string().contains("`streamer_connections`"), "{error}");
    assert!(error.to_string().contains("streamer tables ensure"), "{error}");
}

#[test]
fn refuses_a_database_that_it_cannot_read() {
    let error = StoreFactory::connect("postgres://localhost").unwrap_err();

    assert_eq!(*error.kind(), ErrorKind::Validation { field: "request" });
}

/// The connections of a version that did not list them by tenant.
#[derive(Model)]
#[dynamorm(
    table = "connections",
    key(partition = "CONN#{connection_id}", sort = "METADATA"),
    index(name = "user-index", partition = user_id, sort = connected_at),
)]
struct OldConnection {
    connection_id: String,
    user_id: String,
    connected_at: Timestamp,
}

/// Stores whose table of connections is another version's, and that have no other.
async fn old() -> StoreFactory {
    let stores = StoreFactory::from_db(Db::memory().unwrap());
    stores.db().ensure_table::<OldConnection>().await.unwrap();
    stores
}

#[tokio::test]
async fn verifies_every_table() {
    let stores = old().await;

    let reports = stores.verify_tables().await.unwrap();

    assert_eq!(reports[0].table(), "streamer_connections");
    let missing =
        [Drift::MissingIndex { index: "tenant-index" }, Drift::MissingTimeToLive { attribute: "ttl" }];
    assert_eq!(reports[0].drifts(), missing);
    assert_eq!(reports[1].drifts(), [Drift::MissingTable]);
}

#[tokio::test]
async fn migrates_every_table_so_that_the_stores_work() {
    let stores = old().await;

    let migrations = stores.migrate_tables().await.unwrap();

    assert_eq!(migrations[1].steps()[0], MigrationStep::CreateTable);
    assert_eq!(migrations[3].steps(), [MigrationStep::CreateTable]);
    assert!(stores.verify_tables().await.unwrap().iter().all(DriftReport::is_empty));
    let connection = Connection::new("c-1", "ann", "acme", "ws://h/ws", stores.connections().now());
    stores.connections().create(&connection).await.unwrap();
    assert_eq!(stores.connections().list_by_tenant("acme").page().await.unwrap().items.len(), 1);
}

#[tokio::test]
async fn changes_no_table_while_another_stands_in_the_way() {
    let db = Db::memory().unwrap();
    let stores = StoreFactory::from_db(db.clone());
    let system = db.with_table_name::<OldConnection>("streamer_system");
    system.ensure_table::<OldConnection>().await.unwrap();

    let error = stores.migrate_tables().replace_index("streamer_system", "user-index").await.unwrap_err();

    assert!(matches!(error.kind(), ErrorKind::Validation { .. }), "{error}");
    assert_eq!(stores.verify_tables().await.unwrap()[0].drifts(), [Drift::MissingTable]);
}
