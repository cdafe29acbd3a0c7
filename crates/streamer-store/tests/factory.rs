//! What the factory promises.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dynamorm::Db;
use streamer_store::{ErrorKind, StoreFactory, TableState};

#[tokio::test]
async fn makes_the_tables_once() {
    let stores = StoreFactory::from_db(Db::memory().unwrap());

    let first = stores.ensure_tables().await.unwrap();
    let second = stores.ensure_tables().await.unwrap();

    assert!(first.iter().all(|table| table.state == TableState::Created));
    assert!(second.iter().all(|table| table.state == TableState::Existed));
    let names: Vec<&str> = first.iter().map(|table| &*table.name).collect();
    assert_eq!(names, ["streamer_connections", "streamer_system"]);
}

#[tokio::test]
async fn works_on_the_database_that_it_is_given() {
    let db = Db::memory().unwrap();
    let stores = StoreFactory::from_db(db.clone()).with_table_prefix("other_");

    stores.ensure_tables().await.unwrap();

    assert_eq!(db.list_tables().await.unwrap(), ["other_connections", "other_system"]);
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
