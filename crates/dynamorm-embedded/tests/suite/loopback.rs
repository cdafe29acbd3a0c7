//! A database that another process has open.

use std::{
    fs,
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use dynamorm_core::transport::{Operation, Repeat, Transport as _, TransportErrorKind};
use dynamorm_embedded::{Access, Embedded, EndpointOptions, ErrorKind, Loopback, open_or_connect};
use serde_json::json;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use crate::{child::Role, support};

#[tokio::test]
async fn opens_the_file_where_nobody_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");

    let engine = open_or_connect(&path).unwrap();
    support::create_table(&engine).await;

    assert!(format!("{engine:?}").starts_with("Embedded"), "{engine:?}");
}

#[test]
fn opens_the_file_of_a_holder_that_ends_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let holder = Embedded::open(&path).unwrap();
    let ending = thread::spawn(move || {
        thread::sleep(Duration::from_millis(120));
        drop(holder);
    });

    let engine = open_or_connect(&path).unwrap();

    ending.join().unwrap();
    assert!(format!("{engine:?}").starts_with("Embedded"), "{engine:?}");
}

#[tokio::test]
async fn goes_through_the_process_that_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut server = Role::start("serve", &path);
    server.hear().unwrap();

    let engine = open_or_connect(&path).unwrap();
    support::create_table(&engine).await;
    support::put(&engine, "a").await.unwrap();
    let is_there = support::has(&engine, "a").await;
    server.kill();

    assert!(is_there);
    assert!(format!("{engine:?}").starts_with("Loopback"), "{engine:?}");
    assert!(support::has(&Embedded::open(&path).unwrap(), "a").await);
}

#[tokio::test]
async fn answers_the_errors_of_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let _endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let loopback = Loopback::connect(&path).unwrap();

    let error = support::put(&loopback, "a").await.unwrap_err();

    assert_eq!((error.kind, error.attempts), (TransportErrorKind::TableNotFound, 1));
    assert!(error.message.contains("not found"), "{error}");
}

#[tokio::test]
async fn carries_requests_of_many_tasks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    support::create_table(&engine).await;
    let _endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let loopback = Loopback::connect(&path).unwrap();
    let tasks: Vec<_> = (0..20)
        .map(|task| {
            let loopback = loopback.clone();
            tokio::spawn(async move {
                for item in 0..10 {
                    support::put(&loopback, &format!("{task}-{item}")).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }

    let all = support::send(&engine, Operation::Scan, json!({ "TableName": "items" })).await.unwrap();

    assert_eq!(all["Count"], 200);
}

#[tokio::test]
async fn keeps_the_librarys_tokens_because_an_answer_may_be_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    support::create_table(&engine).await;
    let _endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let loopback = Loopback::connect(&path).unwrap();
    let add = json!({ "Update": {
        "TableName": "items",
        "Key": support::key("a"),
        "UpdateExpression": "ADD n :one",
        "ExpressionAttributeValues": { ":one": { "N": "1" } },
    } });
    let body = json!({ "TransactItems": [add], "ClientRequestToken": "dynamorm-1" });
    for _ in 0..2 {
        support::send(&loopback, Operation::TransactWriteItems, body.clone()).await.unwrap();
    }

    let get = json!({ "TableName": "items", "Key": support::key("a") });
    let item = support::send(&loopback, Operation::GetItem, get).await.unwrap();

    assert_eq!(item["Item"]["n"], json!({ "N": "1" }));
}

#[tokio::test]
async fn needs_no_secret_where_the_endpoint_takes_any() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let _endpoint = engine.serve_endpoint(EndpointOptions::default().access(Access::Any)).await.unwrap();
    let loopback = Loopback::connect(&path).unwrap();

    support::create_table(&loopback).await;

    assert!(!support::has(&engine, "a").await);
}

#[tokio::test]
async fn is_refused_with_another_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let secret = "0".repeat(64);
    let options = EndpointOptions::default().access(Access::Keyed { secret: secret.clone() });
    let _endpoint = engine.serve_endpoint(options).await.unwrap();
    let lock = folder.path().join("test.db.lock");
    let forged = fs::read_to_string(&lock).unwrap().replace(&secret, &"1".repeat(64));
    fs::write(&lock, forged).unwrap();
    let loopback = Loopback::connect(&path).unwrap();

    let error = support::put(&loopback, "a").await.unwrap_err();

    assert_eq!(error.kind, TransportErrorKind::Denied, "{error}");
}

#[test]
fn says_what_to_do_about_a_holder_without_an_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut holder = Role::start("hold", &path);
    holder.hear().unwrap();

    let error = open_or_connect(&path).unwrap_err();

    assert!(matches!(error.kind(), ErrorKind::Locked { holder: Some(_) }), "{error}");
    assert!(error.to_string().contains("let it serve one"), "{error}");
}

#[tokio::test]
async fn finds_the_holder_again_after_it_was_started_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut first = Role::start("serve", &path);
    first.hear().unwrap();
    let engine = open_or_connect(&path).unwrap();
    support::create_table(&engine).await;
    first.kill();
    let mut second = Role::start("serve", &path);
    second.hear().unwrap();

    let body = json!({ "TableName": "items", "Key": support::key("a") }).to_string();
    let mut request = support::request(Operation::GetItem, body.as_bytes());
    request.repeat = Repeat::Safe;

    assert!(engine.send(request).await.is_ok());
}

#[tokio::test]
async fn a_dead_holder_is_unavailable_and_nothing_was_sent() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut server = Role::start("serve", &path);
    server.hear().unwrap();
    let loopback = Loopback::connect(&path).unwrap();
    server.kill();
    let since = Instant::now();

    let error = support::put(&loopback, "a").await.unwrap_err();

    assert_eq!((error.kind, error.attempts), (TransportErrorKind::Unavailable, 0));
    assert!(since.elapsed() < support::PATIENCE);
}

/// An endpoint that reads each request and hangs up on it, and the lock file that names it.
async fn hangs_up(folder: &tempfile::TempDir) -> Loopback {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let lock = json!({ "pid": 1, "started_at": 0, "endpoint": { "address": address } });
    fs::write(folder.path().join("test.db.lock"), lock.to_string()).unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 4096]).await;
        }
    });
    Loopback::connect(folder.path().join("test.db")).unwrap()
}

#[tokio::test]
async fn sends_again_only_what_may_run_twice() {
    let folder = tempfile::tempdir().unwrap();
    let loopback = hangs_up(&folder).await;
    let mut request = support::request(Operation::UpdateItem, b"{}");
    let unsafe_to_repeat = loopback.send(request.clone()).await.unwrap_err();
    request.repeat = Repeat::Safe;

    let safe_to_repeat = loopback.send(request).await.unwrap_err();

    assert_eq!((unsafe_to_repeat.kind, unsafe_to_repeat.attempts), (TransportErrorKind::Unavailable, 1));
    assert_eq!((safe_to_repeat.kind, safe_to_repeat.attempts), (TransportErrorKind::Unavailable, 2));
}
