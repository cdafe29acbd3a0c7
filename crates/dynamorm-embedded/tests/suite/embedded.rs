//! The engine as a transport, in this process.

use std::{
    future::Future,
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Wake, Waker},
    thread,
    time::{Duration, Instant},
};

use dynamorm_core::transport::{Capability, Operation, Transport as _, TransportErrorKind};
use dynamorm_core::wire::transact_write_items::OWN_TOKEN_PREFIX;
use dynamorm_embedded::{Embedded, ErrorKind, PAGE_LIMIT};
use serde_json::{Value, json};

use crate::support;

#[tokio::test]
async fn a_file_keeps_what_is_put() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    {
        let engine = Embedded::open(&path).unwrap();
        support::create_table(&engine).await;
        support::put(&engine, "a").await.unwrap();
    }

    let engine = Embedded::open(&path).unwrap();

    assert!(support::has(&engine, "a").await);
    assert!(!support::has(&engine, "b").await);
}

#[tokio::test]
async fn the_last_drop_closes_the_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    for _ in 0..20 {
        let engine = Embedded::open(&path).unwrap();
        let other = engine.clone();
        drop(engine);

        let while_open = Embedded::open(&path).unwrap_err();
        drop(other);

        assert!(matches!(while_open.kind(), ErrorKind::Locked { .. }));
    }
}

#[tokio::test]
async fn the_last_drop_waits_for_a_write_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    support::create_table(&Embedded::open(&path).unwrap()).await;
    for _ in 0..3 {
        let engine = Embedded::open(&path).unwrap();
        let puts: Vec<Value> = (0..25)
            .map(|sort: u32| {
                let mut item = support::key(&sort.to_string());
                item["a"] = json!({ "S": "x".repeat(100_000) });
                json!({ "PutRequest": { "Item": item } })
            })
            .collect();
        {
            let body = json!({ "RequestItems": { "items": puts } });
            let mut write = pin!(support::send(&engine, Operation::BatchWriteItem, body));
            let polled = write.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            thread::sleep(Duration::from_millis(5));
            assert!(polled.is_pending());
        }

        drop(engine);

        // SQLite removes the log when the database is closed.
        assert!(!folder.path().join("test.db-wal").exists());
    }
}

#[tokio::test]
async fn expired_items_are_swept() {
    let engine = Embedded::options().sweep_interval(Duration::from_millis(20)).memory().unwrap();
    support::create_table(&engine).await;
    let live = json!({
        "TableName": "items",
        "TimeToLiveSpecification": { "AttributeName": "ttl", "Enabled": true },
    });
    support::send(&engine, Operation::UpdateTimeToLive, live).await.unwrap();
    let mut item = support::key("old");
    item["ttl"] = json!({ "N": "1000000000" });
    support::put(&engine, "ageless").await.unwrap();
    // The attribute may be swept as soon as it is put.
    support::send(&engine, Operation::PutItem, json!({ "TableName": "items", "Item": item })).await.unwrap();

    let since = Instant::now();
    while support::has(&engine, "old").await {
        assert!(since.elapsed() < support::PATIENCE);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }

    assert!(support::has(&engine, "ageless").await);
}

#[tokio::test]
async fn names_of_two_characters_are_refused() {
    let engine = Embedded::memory().unwrap();
    let body = json!({
        "TableName": "ab",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [{ "AttributeName": "pk", "AttributeType": "S" }],
    });

    let error = support::send(&engine, Operation::CreateTable, body).await.unwrap_err();

    assert_eq!(error.kind, TransportErrorKind::Validation);
    assert!(engine.capabilities().has(Capability::NameLengthLimit));
}

#[tokio::test]
async fn a_filter_takes_what_the_index_does_not_project_for_absent() {
    let engine = Embedded::memory().unwrap();
    let attribute = |name: &str| json!({ "AttributeName": name, "AttributeType": "S" });
    let table = json!({
        "TableName": "items",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{ "AttributeName": "pk", "KeyType": "HASH" }],
        "AttributeDefinitions": [attribute("pk"), attribute("sk")],
        "GlobalSecondaryIndexes": [{
            "IndexName": "by-sk",
            "KeySchema": [{ "AttributeName": "sk", "KeyType": "HASH" }],
            "Projection": { "ProjectionType": "KEYS_ONLY" },
        }],
    });
    support::send(&engine, Operation::CreateTable, table).await.unwrap();
    let mut item = support::key("s");
    item["a"] = json!({ "S": "x" });
    support::send(&engine, Operation::PutItem, json!({ "TableName": "items", "Item": item })).await.unwrap();
    let query = json!({
        "TableName": "items",
        "IndexName": "by-sk",
        "KeyConditionExpression": "sk = :s",
        "FilterExpression": "a = :x",
        "ExpressionAttributeValues": { ":s": { "S": "s" }, ":x": { "S": "x" } },
    });

    let page = support::send(&engine, Operation::Query, query).await.unwrap();

    assert_eq!((&page["ScannedCount"], &page["Count"]), (&json!(1), &json!(0)));
    assert!(engine.capabilities().lack(Capability::UnprojectedFilterRefused).is_some());
}

mod page {
    use super::*;

    async fn filled() -> Embedded {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        support::fill(&engine, 25_000).await;
        engine
    }

    #[tokio::test]
    async fn ends_without_a_limit_of_the_callers() {
        let engine = filled().await;
        let query = json!({
            "TableName": "items",
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": { ":p": { "S": "p" } },
        });
        let mut count = query.clone();
        count["Select"] = json!("COUNT");
        let scan = json!({ "TableName": "items" });

        for (operation, body) in
            [(Operation::Query, query), (Operation::Query, count), (Operation::Scan, scan)]
        {
            let mut next = body.clone();
            let first = support::send(&engine, operation, body).await.unwrap();
            next["ExclusiveStartKey"] = first["LastEvaluatedKey"].clone();
            let second = support::send(&engine, operation, next).await.unwrap();

            assert_eq!(first["ScannedCount"], PAGE_LIMIT, "{operation}");
            assert_eq!(second["ScannedCount"], 25_000 - PAGE_LIMIT, "{operation}");
            assert_eq!(second.get("LastEvaluatedKey"), None, "{operation}");
        }
    }

    /// The engine would load 20,000 items of 400 KB before it ends the page at 1 MB.
    #[tokio::test]
    async fn reads_less_after_large_items_and_leaves_none_out() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        support::fill(&engine, 300).await;
        for sort in ["1", "2", "3", "4", "5"] {
            let item =
                json!({ "pk": { "S": "large" }, "sk": { "S": sort }, "a": { "S": "x".repeat(390_000) } });
            support::send(&engine, Operation::PutItem, json!({ "TableName": "items", "Item": item }))
                .await
                .unwrap();
        }
        let query = |partition: &str| {
            json!({
                "TableName": "items",
                "KeyConditionExpression": "pk = :p",
                "ExpressionAttributeValues": { ":p": { "S": partition } },
            })
        };
        support::send(&engine, Operation::Query, query("large")).await.unwrap();

        let mut body = query("p");
        let mut pages = Vec::new();
        loop {
            let page = support::send(&engine, Operation::Query, body.clone()).await.unwrap();
            pages.push(page["Count"].as_u64().unwrap());
            match page.get("LastEvaluatedKey") {
                Some(key) => body["ExclusiveStartKey"] = key.clone(),
                None => break,
            }
        }

        assert_eq!(pages, [64, 128, 108]);
    }

    #[tokio::test]
    async fn keeps_a_limit_of_the_callers() {
        let engine = filled().await;
        let scan = async |limit| {
            let body = json!({ "TableName": "items", "Limit": limit });
            support::send(&engine, Operation::Scan, body).await.unwrap()
        };

        let (less, more) = (scan(15_000).await, scan(22_000).await);

        assert_eq!((&less["Count"], &less["ScannedCount"]), (&json!(15_000), &json!(15_000)));
        // A page may end anywhere; this one does at the bound on memory.
        assert_eq!(more["Count"], PAGE_LIMIT);
        assert!(more["LastEvaluatedKey"].is_object());
    }
}

mod token {
    use super::*;

    fn transaction(token: &str, sort: &str) -> Value {
        let put = json!({ "Put": { "TableName": "items", "Item": support::key(sort) } });
        json!({ "TransactItems": [put], "ClientRequestToken": token })
    }

    #[tokio::test]
    async fn of_the_library_is_not_remembered() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        let token = format!("{OWN_TOKEN_PREFIX}1");
        support::send(&engine, Operation::TransactWriteItems, transaction(&token, "a")).await.unwrap();

        support::send(&engine, Operation::TransactWriteItems, transaction(&token, "b")).await.unwrap();

        assert!(support::has(&engine, "b").await);
    }

    #[tokio::test]
    async fn of_the_caller_is_remembered() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        support::send(&engine, Operation::TransactWriteItems, transaction("mine", "a")).await.unwrap();

        let other = support::send(&engine, Operation::TransactWriteItems, transaction("mine", "b"))
            .await
            .unwrap_err();

        assert!(other.kind == TransportErrorKind::Validation, "{other}");
        assert!(!support::has(&engine, "b").await);
    }
}

mod description {
    use super::*;

    async fn items(engine: &Embedded) -> Value {
        let body = json!({ "TableName": "items" });
        support::send(engine, Operation::DescribeTable, body).await.unwrap()["Table"]["ItemCount"].clone()
    }

    #[tokio::test]
    async fn of_a_small_table_counts_its_items() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        let before = items(&engine).await;
        support::put(&engine, "a").await.unwrap();

        assert_eq!((before, items(&engine).await), (json!(0), json!(1)));
    }

    #[tokio::test]
    async fn of_a_large_table_is_counted_again_only_when_the_table_changes() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        support::fill(&engine, 10_000).await;
        let counted = items(&engine).await;
        support::put(&engine, "one more").await.unwrap();
        let kept = items(&engine).await;
        let change = json!({ "TableName": "items", "DeletionProtectionEnabled": true });

        support::send(&engine, Operation::UpdateTable, change).await.unwrap();

        assert_eq!((counted, kept), (json!(10_000), json!(10_000)));
        assert_eq!(items(&engine).await, json!(10_001));
    }
}

mod caller {
    use super::*;

    /// On one thread, a write that blocked it would hold up the timer for as long as it takes.
    #[tokio::test(flavor = "current_thread")]
    async fn is_not_blocked_by_writes() {
        let folder = tempfile::tempdir().unwrap();
        let engine = Embedded::open(folder.path().join("test.db")).unwrap();
        support::create_table(&engine).await;
        let tasks = (0..20).map(|task| {
            let engine = engine.clone();
            tokio::spawn(async move {
                for item in 0..100 {
                    support::put(&engine, &format!("{task}-{item}")).await.unwrap();
                }
            })
        });
        let tasks: Vec<_> = tasks.collect();
        let since = Instant::now();

        let (mut ticks, mut longest) = (0, Duration::ZERO);
        while tasks.iter().any(|task| !task.is_finished()) {
            let tick = Instant::now();
            tokio::time::sleep(Duration::from_millis(1)).await;
            longest = longest.max(tick.elapsed());
            ticks += 1;
            assert!(since.elapsed() < support::PATIENCE);
        }
        for task in tasks {
            task.await.unwrap();
        }

        // A sleep of 1 ms takes 2 at most on an idle machine; with the writes in between it takes dozens.
        let elapsed = since.elapsed().as_millis();
        assert!(ticks >= elapsed / 10, "{ticks} ticks in {elapsed} ms; the longest took {longest:?}");
    }

    #[test]
    fn needs_no_runtime() {
        let engine = Embedded::memory().unwrap();

        block_on(async {
            support::create_table(&engine).await;
            support::put(&engine, "a").await.unwrap();
            assert!(support::has(&engine, "a").await);
        });
    }

    #[tokio::test]
    async fn may_go_before_the_answer() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;
        support::put(&engine, "acknowledged").await.unwrap();
        for round in 0..200 {
            let sort = format!("{round}");
            let mut put = pin!(support::put(&engine, &sort));
            let polled = put.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending | Poll::Ready(Ok(_))));
        }

        support::put(&engine, "after").await.unwrap();

        assert!(support::has(&engine, "acknowledged").await);
        assert!(support::has(&engine, "after").await);
    }

    /// The least that drives a future.
    fn block_on<T>(future: impl Future<Output = T>) -> T {
        struct Unpark(thread::Thread);

        impl Wake for Unpark {
            fn wake(self: Arc<Self>) {
                self.0.unpark();
            }
        }

        let waker = Waker::from(Arc::new(Unpark(thread::current())));
        let mut future = pin!(future);
        let since = Instant::now();
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            assert!(since.elapsed() < support::PATIENCE);
            thread::park_timeout(support::PATIENCE);
        }
    }
}
