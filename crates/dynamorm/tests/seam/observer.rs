//! `Db::with_observer`: what it is told of each request.

use std::sync::{Arc, Mutex};

use dynamorm::{
    Db, ErrorKind, ObservedRequest, Observer,
    testing::{Fault, Faults},
    transport::Operation,
};

use crate::{fixture::recorded, model::Job};

/// Keeps what it is told, as the parts that the tests look at.
#[derive(Debug, Default)]
struct Told(Mutex<Vec<Kept>>);

#[derive(Clone, Debug, PartialEq)]
struct Kept {
    operation: Operation,
    table: String,
    index: Option<&'static str>,
    attempts: u32,
    capacity: Option<f64>,
    error: Option<ErrorKind>,
}

impl Observer for Told {
    fn observe(&self, request: &ObservedRequest<'_>) {
        self.0.lock().unwrap().push(Kept {
            operation: request.operation,
            table: request.table.to_owned(),
            index: request.index,
            attempts: request.attempts,
            capacity: request.consumed_capacity,
            error: request.error,
        });
    }
}

impl Told {
    fn take(&self) -> Vec<Kept> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

async fn observed() -> (Db, Faults, Arc<Told>) {
    let (db, _) = recorded().await;
    let (db, faults) = Faults::under(db);
    let told = Arc::new(Told::default());
    (db.with_observer(told.clone()), faults, told)
}

#[tokio::test]
async fn is_told_what_a_request_was_and_what_it_consumed() {
    let (db, _, told) = observed().await;

    db.put(&Job::new("j")).await.unwrap();
    db.query(Job::by_owner("ann")).take(1).await.unwrap();

    let [put, query] = &told.take()[..] else { panic!("not two requests") };
    assert_eq!((put.operation, &*put.table, put.index), (Operation::PutItem, "jobs", None));
    assert_eq!((put.attempts, put.error), (1, None));
    assert_eq!(query.index, Some("owner-index"));
    assert!(put.capacity.unwrap() > 0.0 && query.capacity.unwrap() > 0.0);
}

#[tokio::test]
async fn is_told_of_a_failure_by_its_kind() {
    let (db, faults, told) = observed().await;
    db.put(&Job::new("j")).await.unwrap();
    told.take();

    db.create(&Job::new("j")).await.unwrap_err();
    faults.on(Operation::GetItem).inject(Fault::Denied);
    db.get(Job::key("j")).await.unwrap_err();

    let errors: Vec<_> = told.take().iter().map(|kept| (kept.error, kept.capacity)).collect();
    assert_eq!(errors, [(Some(ErrorKind::ConditionFailed), None), (Some(ErrorKind::Denied), None)]);
}

#[tokio::test]
async fn stays_with_a_db_that_is_named_otherwise() {
    let (db, _, told) = observed().await;
    let db = db.with_table_prefix("other_");

    db.get(Job::key("j")).await.unwrap_err();

    assert_eq!(told.take()[0].table, "other_jobs");
}
