//! What the requests of a model with `ttl` say of expired items, and how many there are.

use std::time::Duration;

use dynamorm::{prelude::*, transport::Operation, verb::TableState};

use crate::{
    fixture::{db, recorded},
    layer::Recording,
};

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "sessions", key(partition = user, sort = number))]
struct Session {
    user: String,
    number: u32,
    #[dynamorm(ttl)]
    ends: Option<Timestamp>,
}

/// The same table before it had a TTL attribute.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "sessions", key(partition = user, sort = number))]
struct EndlessSession {
    user: String,
    number: u32,
}

fn session(number: u32, ends: Timestamp) -> Session {
    Session { user: "ann".into(), number, ends: Some(ends) }
}

mod take {
    use super::*;

    #[tokio::test]
    async fn passes_many_expired_items_in_few_requests() {
        let (db, recording) = recorded().await;
        db.ensure_table::<Session>().await.unwrap();
        for number in 0..200 {
            db.put(&session(number, db.now())).await.unwrap();
        }
        let alive = session(200, db.now().checked_add(Duration::from_secs(60)).unwrap());
        db.put(&alive).await.unwrap();
        recording.take();

        let found = db.query(Session::partition("ann")).take(1).await.unwrap();

        assert_eq!(found.items, [alive]);
        assert!(recording.take().len() <= 8);
    }
}

mod stored_item {
    use super::*;

    #[tokio::test]
    async fn that_has_expired_does_not_come_with_the_error() {
        let (db, _) = recorded().await;
        db.ensure_table::<Session>().await.unwrap();
        let expired = session(1, db.now());
        db.put(&expired).await.unwrap();
        let exists = || Session::fields().ends.exists();

        let put = db.put(&expired).only_if(exists()).await.unwrap_err();
        let delete = db.delete(Session::key("ann", 1_u32)).only_if(exists()).await.unwrap_err();

        for error in [put, delete] {
            assert_eq!(error.kind(), ErrorKind::ConditionFailed);
            assert_eq!(error.stored::<Session>().unwrap(), None);
        }
    }
}

mod ensure_table {
    use super::*;

    #[tokio::test]
    async fn gives_a_table_the_ttl_attribute_that_it_lacks() {
        let recording = Recording::over(dynamorm::embedded::Embedded::memory().unwrap());
        let db = db(recording.clone());
        db.ensure_table::<EndlessSession>().await.unwrap();
        recording.take();

        let state = db.ensure_table::<Session>().await.unwrap();

        assert_eq!(state, TableState::Existed);
        assert_eq!(
            recording.take_operations(),
            [Operation::DescribeTable, Operation::DescribeTimeToLive, Operation::UpdateTimeToLive]
        );
        db.ensure_table::<Session>().await.unwrap();
        assert_eq!(recording.take_operations(), [Operation::DescribeTable, Operation::DescribeTimeToLive]);
    }
}

mod unreadable {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Model)]
    #[dynamorm(table = "sessions", key(partition = user, sort = number))]
    struct SignedSession {
        user: String,
        number: u32,
        balance: i64,
    }

    #[derive(Clone, Debug, PartialEq, Model)]
    #[dynamorm(table = "sessions", key(partition = user, sort = number))]
    struct UnsignedSession {
        user: String,
        number: u32,
        balance: u64,
    }

    #[tokio::test]
    async fn old_item_of_a_delete_says_that_the_delete_was_done() {
        let (db, _) = recorded().await;
        db.ensure_table::<SignedSession>().await.unwrap();
        db.create(&SignedSession { user: "ann".into(), number: 1, balance: -1 }).await.unwrap();

        let error = db.delete(UnsignedSession::key("ann", 1_u32)).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode);
        assert!(error.to_string().starts_with("the write was done, but"), "{error}");
        assert_eq!(error.attribute_path().unwrap().to_string(), "balance");
        assert_eq!(db.get(SignedSession::key("ann", 1_u32)).await.unwrap(), None);
    }
}
