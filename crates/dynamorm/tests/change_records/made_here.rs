//! Records that the embedded engine makes of real writes.

use std::{collections::BTreeSet, time::Duration};

use dynamorm::{
    Change, Db, StreamRecord, StreamView, Timestamp,
    embedded::Embedded,
    transport::{Operation, Repeat, Request, Transport},
};
use serde_json::{Value, json};

use crate::model::{Head, Line, Order, head, line};

async fn answered(engine: &Embedded, operation: Operation, request: Value) -> Value {
    let body = request.to_string().into_bytes().into();
    let request = Request { operation, table: "orders".into(), index: None, body, repeat: Repeat::Safe };
    serde_json::from_slice(&engine.send(request).await.unwrap().body).unwrap()
}

/// All records of the table's stream.
async fn read(engine: &Embedded) -> Vec<StreamRecord> {
    let table = answered(engine, Operation::DescribeTable, json!({"TableName": "orders"})).await;
    let arn = &table["Table"]["LatestStreamArn"];
    let stream = answered(engine, Operation::DescribeStream, json!({"StreamArn": arn})).await;
    let mut records = Vec::new();
    for shard in stream["StreamDescription"]["Shards"].as_array().unwrap() {
        let from =
            json!({"StreamArn": arn, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"});
        let iterator = answered(engine, Operation::GetShardIterator, from).await["ShardIterator"].clone();
        let answer = answered(engine, Operation::GetRecords, json!({"ShardIterator": iterator})).await;
        records.extend(StreamRecord::all_from_json(answer.to_string().as_bytes()).unwrap());
    }
    records
}

async fn made(engine: &Embedded) -> Db {
    let db = Db::new(engine.clone());
    db.ensure_table::<Line>().await.unwrap();
    db
}

#[tokio::test]
async fn writes_of_every_kind_are_read_back_as_changes() {
    let engine = Embedded::memory().unwrap();
    let db = made(&engine).await;
    let order = head("o-1", "ann", 7, b"seal");
    db.create(&order).await.unwrap();
    db.create(&line("pen")).await.unwrap();
    db.update(Line::key("o-1", 5_u32)).set(Line::fields().article, "ink").await.unwrap();
    db.delete(Head::key("o-1")).await.unwrap();

    let records = read(&engine).await;

    let changes: Vec<_> = records.iter().map(|record| record.change::<Order>().unwrap().unwrap()).collect();
    let expected = [
        Change::Insert { new: Order::Head(order.clone()) },
        Change::Insert { new: Order::Line(line("pen")) },
        Change::Modify { old: Order::Line(line("pen")), new: Order::Line(line("ink")) },
        Change::Remove { old: Order::Head(order) },
    ];
    assert_eq!(changes, expected);
    assert!(records.iter().all(|record| record.view() == Some(StreamView::NewAndOldImages)));
    assert!(records.iter().all(|record| !record.is_removed_by_ttl()));
    let numbers: BTreeSet<_> = records.iter().map(|record| record.sequence_number().unwrap()).collect();
    assert_eq!(numbers.len(), 4);
}

#[tokio::test]
async fn a_model_sees_its_own_changes_alone() {
    let engine = Embedded::memory().unwrap();
    let db = made(&engine).await;
    db.put(&head("o-1", "ann", 7, b"")).await.unwrap();
    db.put(&line("pen")).await.unwrap();

    let records = read(&engine).await;

    let lines: Vec<_> = records.iter().filter_map(|record| record.change::<Line>().unwrap()).collect();
    assert_eq!(lines, [Change::Insert { new: line("pen") }]);
}

#[tokio::test]
async fn what_the_sweeper_deletes_is_removed_by_ttl() {
    let engine = Embedded::options().sweep_interval(Duration::from_millis(20)).memory().unwrap();
    let db = made(&engine).await;
    let expired = Line { until: Some(a_minute_ago()), ..line("pen") };
    db.put(&expired).await.unwrap();

    let removed = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            if let Some(record) = read(&engine).await.into_iter().nth(1) {
                break record;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    let removed = removed.await.unwrap();

    assert!(removed.is_removed_by_ttl());
    assert_eq!(removed.change::<Line>().unwrap(), Some(Change::Remove { old: expired }));
}

/// Within the five years in which DynamoDB deletes what has expired.
fn a_minute_ago() -> Timestamp {
    let now = Timestamp::now().to_unix_seconds();
    Timestamp::from_unix_seconds(now - 60).unwrap()
}
