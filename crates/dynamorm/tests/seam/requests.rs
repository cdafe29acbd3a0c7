//! One call is one request that can be seen.

use dynamorm::{ErrorKind, prelude::*, transport::Operation};

use crate::{
    fixture::recorded,
    model::{Job, Lease},
};

mod item_verbs {
    use super::*;

    #[tokio::test]
    async fn send_one_request_each() {
        let (db, recording) = recorded().await;
        let (job, f) = (Job::new("j"), Job::fields());

        db.create(&job).await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::PutItem]);
        db.put(&job).returning_old().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::PutItem]);
        db.put(&job).returning_new().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::PutItem]);
        db.get(Job::key("j")).await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::GetItem]);
        db.update(Job::key("j")).rekey(&job).set(f.room, "r").add(f.tries, 1).returning_new().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::UpdateItem]);
        db.delete(Job::key("j")).await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::DeleteItem]);
    }

    #[tokio::test]
    async fn send_one_request_when_they_are_refused() {
        let (db, recording) = recorded().await;
        db.create(&Job::new("j")).await.unwrap();
        recording.take();

        db.create(&Job::new("j")).await.unwrap_err();
        db.update(Job::key("none")).set(Job::fields().note, "n").await.unwrap_err();

        assert_eq!(recording.take_operations(), [Operation::PutItem, Operation::UpdateItem]);
    }

    #[tokio::test]
    async fn send_nothing_that_breaks_a_limit() {
        let (db, recording) = recorded().await;

        db.create(&Job::new(&"x".repeat(2049))).await.unwrap_err();
        db.get(Lease::key("")).await.unwrap_err();
        let long = Job { note: Some("x".repeat(500_000)), ..Job::new("j") };
        let error = db.put(&long).await.unwrap_err();

        assert!(matches!(error.kind(), ErrorKind::TooLarge { .. }));
        assert_eq!(recording.count(), 0);
    }
}

mod upsert {
    use super::*;

    #[tokio::test]
    async fn of_a_present_item_is_one_request() {
        let (db, recording) = recorded().await;
        db.create(&Job::new("j")).await.unwrap();
        recording.take();

        db.upsert(&Job::new("j")).set(Job::fields().note, "n").await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::UpdateItem]);
    }

    #[tokio::test]
    async fn of_an_absent_item_is_two_requests() {
        let (db, recording) = recorded().await;

        db.upsert(&Job::new("j")).set(Job::fields().note, "n").await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::UpdateItem, Operation::PutItem]);
    }
}

mod query {
    use super::*;

    #[tokio::test]
    async fn sends_one_request_a_page() {
        let (db, recording) = recorded().await;
        for created in 0..5 {
            let job = Job { created, ..Job::new(&format!("j{created}")) };
            db.create(&job).await.unwrap();
        }
        recording.take();

        db.query(Job::by_owner("ann")).page_size(2).page().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::Query]);
        db.query(Job::by_owner("ann")).page_size(2).take(3).await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::Query; 2]);
        db.query(Job::by_owner("ann")).take(5).await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::Query]);
        db.query(Job::by_owner("ann")).page_size(2).count().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::Query; 3]);
    }

    #[tokio::test]
    async fn is_never_a_scan() {
        let (db, recording) = recorded().await;
        let f = Job::fields();

        db.query(Job::by_owner("ann")).filter(f.note.eq("n")).take(5).await.unwrap();
        db.query(Job::partition("j")).filter(f.owner.eq("ann")).count().await.unwrap();
        db.query(Job::by_place("s", "r")).stream().collect_up_to(5).await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::Query; 3]);
    }
}

mod ensure_table {
    use super::*;

    #[tokio::test]
    async fn asks_once_for_a_table_that_is_there() {
        let (db, recording) = recorded().await;

        db.ensure_table::<Job>().await.unwrap();

        assert_eq!(recording.take_operations(), [Operation::DescribeTable]);
    }

    #[tokio::test]
    async fn makes_the_ttl_attribute_known() {
        let (db, recording) = recorded().await;
        let db = db.with_table_prefix("other-");

        db.ensure_table::<Lease>().await.unwrap();

        let requests = recording.take();
        let last = requests.last().unwrap();
        let json: serde_json::Value = serde_json::from_slice(&last.body).unwrap();
        assert_eq!(last.operation, Operation::UpdateTimeToLive);
        assert_eq!(
            json,
            serde_json::json!({
                "TableName": "other-leases",
                "TimeToLiveSpecification": { "AttributeName": "until", "Enabled": true },
            })
        );
    }
}

mod delete_table {
    use super::*;

    #[tokio::test]
    async fn sends_nothing_without_its_confirmation() {
        let (db, recording) = recorded().await;

        db.delete_table::<Job>("leases").await.unwrap_err();

        assert_eq!(recording.count(), 0);
    }
}

mod ensure_table_that_changes {
    use serde_json::json;

    use super::*;
    use crate::{fixture::db, layer::Scripted};

    fn index(name: &str, status: &str, key: &[(&str, &str)]) -> serde_json::Value {
        let key: Vec<_> =
            key.iter().map(|(name, kind)| json!({ "AttributeName": name, "KeyType": kind })).collect();
        json!({
            "IndexName": name,
            "IndexStatus": status,
            "KeySchema": key,
            "Projection": { "ProjectionType": "ALL" },
        })
    }

    /// The table of jobs while an index changes that no job knows, and with this state of one of its own.
    fn changing(own: &str) -> String {
        let attribute = |name: &str, kind: &str| json!({ "AttributeName": name, "AttributeType": kind });
        json!({ "Table": {
            "TableName": "jobs",
            "TableStatus": "UPDATING",
            "KeySchema": [
                { "AttributeName": "pk", "KeyType": "HASH" },
                { "AttributeName": "sk", "KeyType": "RANGE" },
            ],
            "AttributeDefinitions": [
                attribute("pk", "S"), attribute("sk", "S"), attribute("owner", "S"), attribute("created", "N"),
                attribute("place_pk", "S"), attribute("color", "S"),
            ],
            "GlobalSecondaryIndexes": [
                index("owner-index", own, &[("owner", "HASH"), ("created", "RANGE")]),
                index("place-index", "ACTIVE", &[("place_pk", "HASH")]),
                index("color-index", "CREATING", &[("color", "HASH")]),
            ],
        } })
        .to_string()
    }

    #[tokio::test]
    async fn does_not_wait_for_an_index_of_another_model() {
        let db = db(Scripted::default().answer(changing("ACTIVE")));

        db.ensure_table::<Job>().await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn waits_for_an_index_of_its_own() {
        let script = Scripted::default().answer(changing("CREATING"));
        let db =
            db(script.answer(changing("ACTIVE").replace("UPDATING", "ACTIVE").replace("CREATING", "ACTIVE")));

        db.ensure_table::<Job>().await.unwrap();
    }
}
