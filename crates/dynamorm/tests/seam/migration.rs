//! What `verify_table` and `migrate_table` send, and what becomes of them on a table that changes slowly.

use std::time::Duration;

use dynamorm::{
    Db, ErrorKind,
    embedded::Embedded,
    prelude::*,
    table::{Drift, MigrationStep},
    testing::RecordedCall,
    transport::{Operation, Repeat, Request, Transport, TransportError, TransportErrorKind},
};
use serde_json::{Value, json};

use crate::{
    fixture::db,
    layer::{Recording, Scripted, Unhurried, lossy},
};

/// The table as it was made.
#[derive(Debug, Model)]
#[dynamorm(table = "papers", key(partition = id))]
struct Bare {
    id: String,
}

#[derive(Debug, Model)]
#[dynamorm(
    table = "papers",
    key(partition = id),
    index(name = "owner-index", partition = owner, sort = at),
    index(name = "kind-index", partition = kind, projection = [at]),
    stream = "new_image",
)]
struct Indexed {
    id: String,
    owner: String,
    kind: String,
    at: u64,
    #[dynamorm(ttl)]
    expires: Option<Timestamp>,
}

/// The same with an index of another key.
#[derive(Debug, Model)]
#[dynamorm(
    table = "papers",
    key(partition = id),
    index(name = "kind-index", partition = kind, sort = at),
)]
struct Rekeyed {
    id: String,
    kind: String,
    at: u64,
}

const STEPS: [MigrationStep; 4] = [
    MigrationStep::AddIndex { index: "owner-index" },
    MigrationStep::AddIndex { index: "kind-index" },
    MigrationStep::EnableStream { view: dynamorm::StreamView::NewImage },
    MigrationStep::SetTimeToLive { attribute: "expires" },
];

/// The engine with the table as `Bare` makes it, seen through a recording.
async fn bare() -> (Db, Recording) {
    let recording = Recording::over(Embedded::memory().unwrap());
    let db = db(recording.clone());
    db.ensure_table::<Bare>().await.unwrap();
    recording.take();
    (db, recording)
}

fn json_of(request: &RecordedCall) -> Value {
    serde_json::from_slice(&request.body).unwrap()
}

/// An answer to `DescribeTable`: `Bare`'s table and these indexes.
fn described(indexes: &Value) -> String {
    let names = ["id", "kind", "at"].into_iter().zip(["S", "S", "N"]);
    let attributes: Vec<Value> =
        names.map(|(name, kind)| json!({ "AttributeName": name, "AttributeType": kind })).collect();
    json!({ "Table": {
        "TableStatus": "ACTIVE",
        "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
        "AttributeDefinitions": attributes,
        "GlobalSecondaryIndexes": indexes,
    } })
    .to_string()
}

/// `kind-index` as `Rekeyed` needs it, in this state.
fn kind_index(status: &str) -> Value {
    json!([{
        "IndexName": "kind-index",
        "KeySchema": [
            { "AttributeName": "kind", "KeyType": "HASH" },
            { "AttributeName": "at", "KeyType": "RANGE" },
        ],
        "Projection": { "ProjectionType": "ALL" },
        "IndexStatus": status,
    }])
}

const NO_TTL: &str = r#"{"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}}"#;

/// An engine that answers a look at the table with these indexes.
fn looked_at(script: Scripted, indexes: &Value) -> Scripted {
    script.answer(described(indexes)).answer(NO_TTL)
}

fn refused(kind: TransportErrorKind) -> TransportError {
    TransportError::new(kind, "refused").with_attempts(1)
}

mod verify_table {
    use super::*;

    #[tokio::test]
    async fn sends_two_requests_and_explains_them() {
        let (db, recording) = bare().await;
        let explained = db.verify_table::<Indexed>().explain();

        let _report = db.verify_table::<Indexed>().await.unwrap();

        let sent = recording.take();
        assert_eq!(sent.len(), 2);
        for (explained, sent) in explained.iter().zip(&sent) {
            assert_eq!((explained.operation(), explained.request()), (sent.operation, &sent.body));
        }
    }

    #[tokio::test]
    async fn sends_one_request_where_there_is_no_table() {
        let (db, recording) = bare().await;

        let _report = db.with_table_prefix("other-").verify_table::<Indexed>().await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::DescribeTable]);
    }

    #[tokio::test]
    async fn names_an_index_that_cannot_be_read_yet() {
        let script = looked_at(Scripted::default(), &kind_index("CREATING"));

        let report = db(script).verify_table::<Rekeyed>().await.unwrap();

        let inactive = Drift::InactiveIndex { index: "kind-index", status: "CREATING".into() };
        assert_eq!((report.drifts(), report.fits()), (&[inactive][..], false));
    }

    #[tokio::test]
    async fn leaves_an_index_that_is_going_to_its_fate() {
        let script = looked_at(Scripted::default(), &kind_index("DELETING"));

        let report = db(script).verify_table::<Bare>().await.unwrap();

        assert!(report.is_empty(), "{report}");
    }
}

mod provisioned {
    use super::*;

    /// A table that somebody made with provisioned capacity.
    async fn provisioned() -> (Db, Recording) {
        let engine = Embedded::memory().unwrap();
        let body = json!({
            "TableName": "papers",
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "ProvisionedThroughput": { "ReadCapacityUnits": 7, "WriteCapacityUnits": 3 },
        });
        let request = Request {
            operation: Operation::CreateTable,
            table: "papers".into(),
            index: None,
            body: body.to_string().into(),
            repeat: Repeat::Safe,
        };
        engine.send(request).await.unwrap();
        let recording = Recording::over(engine);
        (db(recording.clone()), recording)
    }

    #[tokio::test]
    async fn capacity_is_named_and_breaks_nothing() {
        let (db, _) = provisioned().await;

        let report = db.verify_table::<Bare>().await.unwrap();

        assert_eq!(report.drifts(), [Drift::Provisioned { read: 7, write: 3 }]);
        assert!(report.fits());
        db.ensure_table::<Bare>().await.unwrap();
    }

    #[tokio::test]
    async fn tables_give_a_new_index_their_own_capacity() {
        let (db, recording) = provisioned().await;

        let migration = db.migrate_table::<Rekeyed>().await.unwrap();

        assert_eq!(migration.left(), [Drift::Provisioned { read: 7, write: 3 }]);
        let update = recording.take().into_iter().find(|request| request.operation == Operation::UpdateTable);
        let create = &json_of(&update.unwrap())["GlobalSecondaryIndexUpdates"][0]["Create"];
        assert_eq!(
            create["ProvisionedThroughput"],
            json!({ "ReadCapacityUnits": 7, "WriteCapacityUnits": 3 })
        );
    }
}

mod migrate_table {
    use super::*;

    #[tokio::test]
    async fn sends_two_requests_for_a_table_that_fits() {
        let (db, recording) = bare().await;

        let _migration = db.migrate_table::<Bare>().await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::DescribeTable, Operation::DescribeTimeToLive]);
    }

    #[tokio::test]
    async fn changes_one_thing_a_request_as_it_explains() {
        let (db, recording) = bare().await;
        let explained = db.migrate_table::<Indexed>().explain().await.unwrap();
        recording.take();

        let migration = db.migrate_table::<Indexed>().await.unwrap();

        assert_eq!(migration.steps(), STEPS);
        let mut sent = recording.take();
        sent.retain(|request| !request.operation.name().starts_with("Describe"));
        assert_eq!(
            explained.iter().map(|explanation| explanation.request()).collect::<Vec<_>>(),
            sent.iter().map(|request| &request.body).collect::<Vec<_>>()
        );
        assert_eq!(
            json_of(&sent[1]),
            json!({
                "TableName": "papers",
                "AttributeDefinitions": [{ "AttributeName": "kind", "AttributeType": "S" }],
                "GlobalSecondaryIndexUpdates": [{ "Create": {
                    "IndexName": "kind-index",
                    "KeySchema": [{ "AttributeName": "kind", "KeyType": "HASH" }],
                    "Projection": { "ProjectionType": "INCLUDE", "NonKeyAttributes": ["at", "expires"] },
                } }],
            })
        );
        assert_eq!(
            json_of(&sent[2]),
            json!({
                "TableName": "papers",
                "StreamSpecification": { "StreamEnabled": true, "StreamViewType": "NEW_IMAGE" },
            })
        );
    }

    #[tokio::test]
    async fn waits_for_each_change_before_the_next() {
        let engine = Embedded::memory().unwrap();
        db(engine.clone()).ensure_table::<Bare>().await.unwrap();
        let recording = Recording::over(Unhurried::over(engine, 2));

        let migration = db(recording.clone()).migrate_table::<Indexed>().await.unwrap();

        assert_eq!(migration.steps(), STEPS);
        let changes = recording.take_operations();
        let changes = changes.iter().filter(|operation| **operation == Operation::UpdateTable).count();
        assert_eq!(changes, 3, "nothing was asked for twice");
    }

    #[tokio::test]
    async fn several_at_once_wait_for_one_another() {
        let engine = Embedded::memory().unwrap();
        db(engine.clone()).ensure_table::<Bare>().await.unwrap();
        let slow = Unhurried::over(engine.clone(), 2);

        let migrations =
            [(); 3].map(|()| tokio::spawn(db(slow.clone()).migrate_table::<Indexed>().into_future()));

        for migration in migrations {
            migration.await.unwrap().unwrap();
        }
        assert!(db(engine).verify_table::<Indexed>().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn goes_on_where_a_call_was_dropped() {
        let engine = Embedded::memory().unwrap();
        db(engine.clone()).ensure_table::<Bare>().await.unwrap();
        let slow = db(Unhurried::over(engine, 3));
        let dropped = tokio::time::timeout(Duration::from_millis(20), slow.migrate_table::<Indexed>()).await;
        assert!(dropped.is_err());

        let migration = slow.migrate_table::<Indexed>().await.unwrap();

        assert_eq!(migration.steps(), &STEPS[1..], "the first index was under way");
        assert!(slow.verify_table::<Indexed>().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn survives_lost_answers_and_says_what_it_did() {
        let (direct, recording) = bare().await;

        let migration = db(lossy(recording)).migrate_table::<Indexed>().await.unwrap();

        assert_eq!(migration.steps(), STEPS);
        assert!(direct.verify_table::<Indexed>().await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn ends_when_its_time_is_used_up_and_says_how_to_go_on() {
        let script = Scripted::default().answer(described(&kind_index("CREATING")));
        let migration = db(script).migrate_table::<Rekeyed>().within(Duration::from_millis(10));

        let error = migration.await.unwrap_err();

        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true));
        let text = error.to_string();
        assert!(text.contains("index `kind-index` is still `CREATING` after 10ms"), "{text}");
        assert!(text.contains("goes on from here"), "{text}");
    }

    #[tokio::test]
    async fn says_why_a_step_was_refused_all_the_time() {
        let script = looked_at(Scripted::default(), &json!([]));
        let script =
            script.fail(TransportError::new(TransportErrorKind::Throttled, "too many tables change"));
        let migration = db(script).migrate_table::<Rekeyed>().within(Duration::from_millis(10));

        let error = migration.await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert!(error.to_string().contains("too many tables change"), "{error}");
    }

    #[tokio::test]
    async fn does_not_wait_for_what_does_not_pass() {
        let mut answer: Value = serde_json::from_str(&described(&kind_index("ACTIVE"))).unwrap();
        answer["Table"]["TableStatus"] = "ARCHIVED".into();
        let look = answer.to_string();
        let migrated = Scripted::default().answer(look.clone()).answer(NO_TTL);
        let ensured = Scripted::default().answer(look.clone()).answer(look);

        let migrated = db(migrated).migrate_table::<Rekeyed>().await.unwrap_err();
        let ensured = db(ensured).ensure_table::<Rekeyed>().await.unwrap_err();

        for error in [migrated, ensured] {
            assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::TableConflict, false));
            assert!(error.to_string().contains("it is `ARCHIVED`; that does not pass"), "{error}");
        }
    }

    #[tokio::test]
    async fn takes_any_time_to_wait() {
        let script = looked_at(Scripted::default(), &kind_index("ACTIVE"));

        db(script).migrate_table::<Rekeyed>().within(Duration::MAX).await.unwrap();
    }

    #[tokio::test]
    async fn waits_while_the_table_is_in_use_by_another() {
        for kind in [TransportErrorKind::TableInUse, TransportErrorKind::Throttled] {
            let script = looked_at(Scripted::default(), &json!([])).fail(refused(kind));
            let script = looked_at(script, &json!([])).answer("{}");
            let script = looked_at(script, &kind_index("ACTIVE"));

            let migration = db(script).migrate_table::<Rekeyed>().await.unwrap();

            assert_eq!(migration.steps(), [MigrationStep::AddIndex { index: "kind-index" }]);
        }
    }

    #[tokio::test]
    async fn takes_what_another_did_first() {
        let script = looked_at(Scripted::default(), &json!([])).fail(refused(TransportErrorKind::Validation));
        let script = looked_at(script, &kind_index("ACTIVE"));

        let migration = db(script).migrate_table::<Rekeyed>().await.unwrap();

        assert_eq!(migration.steps(), []);
    }

    #[tokio::test]
    async fn gives_up_on_what_is_refused_and_nobody_did() {
        let script = looked_at(Scripted::default(), &json!([])).fail(refused(TransportErrorKind::Validation));
        let recording = Recording::over(looked_at(script, &json!([])));

        let error = db(recording.clone()).migrate_table::<Rekeyed>().await.unwrap_err();

        assert_eq!((error.kind(), error.operation()), (ErrorKind::Validation, Some(Operation::UpdateTable)));
        assert_eq!(recording.take_operations().len(), 5);
    }

    #[tokio::test]
    async fn replaces_an_index_once_even_if_it_comes_back_as_it_was() {
        let mut other = kind_index("ACTIVE");
        other[0]["KeySchema"].as_array_mut().unwrap().pop();
        let script = looked_at(Scripted::default(), &other).answer("{}");
        let script = looked_at(looked_at(script, &json!([])).answer("{}"), &other);

        let error = db(script).migrate_table::<Rekeyed>().replace_index("kind-index").await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::TableConflict);
    }
}
