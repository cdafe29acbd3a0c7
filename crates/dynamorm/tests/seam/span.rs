//! The span of a request: OpenTelemetry's names for DynamoDB, what it cost, and no value of any item.

use std::{
    collections::BTreeMap,
    fmt::Debug,
    sync::{Arc, LazyLock, Mutex},
};

use dynamorm::{ErrorKind, prelude::*};
use tracing::{
    Dispatch, Event, Id, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Record},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt as _},
    registry::Registry,
};

use crate::{
    fixture::recorded,
    model::{Job, Lease},
};

/// The fields of a span, as text.
type Fields = BTreeMap<&'static str, String>;

/// Keeps the fields of every span, and of every event.
#[derive(Clone, Default)]
struct Captured {
    spans: Arc<Mutex<Vec<(u64, Fields)>>>,
    events: Arc<Mutex<Vec<Fields>>>,
}

struct Visitor<'a>(&'a mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Captured {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, _: Context<'_, S>) {
        let mut fields = Fields::new();
        attributes.record(&mut Visitor(&mut fields));
        self.spans.lock().unwrap().push((id.into_u64(), fields));
    }

    fn on_record(&self, id: &Id, record: &Record<'_>, _: Context<'_, S>) {
        let mut spans = self.spans.lock().unwrap();
        let (_, fields) = spans.iter_mut().rev().find(|(span, _)| *span == id.into_u64()).unwrap();
        record.record(&mut Visitor(fields));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        self.events.lock().unwrap().push(fields);
    }
}

impl Captured {
    /// Captures what this thread does until the guard is dropped.
    fn begin() -> (Self, DefaultGuard) {
        // While only one subscriber lives, `tracing` asks the thread that first meets a span whether anyone wants it, and
        // remembers its no for every thread; of two it asks both. So that another test's thread does not answer for this:
        static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));
        LazyLock::force(&SECOND);

        let captured = Self::default();
        let guard = tracing::subscriber::set_default(Registry::default().with(captured.clone()));
        (captured, guard)
    }

    fn spans(&self) -> Vec<Fields> {
        self.spans.lock().unwrap().iter().map(|(_, fields)| fields.clone()).collect()
    }

    fn last(&self) -> Fields {
        self.spans().pop().unwrap()
    }
}

#[tokio::test]
async fn of_a_write_names_the_call_and_its_cost() {
    let (db, _) = recorded().await;
    let (captured, _guard) = Captured::begin();

    db.create(&Job::new("j")).await.unwrap();

    let span = captured.last();
    assert_eq!(span["otel.name"], "PutItem jobs");
    assert_eq!(span["otel.kind"], "client");
    assert_eq!(span["db.system.name"], "aws.dynamodb");
    assert_eq!(span["db.operation.name"], "PutItem");
    assert_eq!(span["db.collection.name"], "jobs");
    assert_eq!(span["aws.request.attempts"], "1");
    assert!(span["aws.dynamodb.consumed_capacity"].parse::<f64>().unwrap() > 0.0);
    assert!(!span.contains_key("otel.status_code") && !span.contains_key("error.type"), "{span:?}");
}

#[tokio::test]
async fn of_a_query_names_its_index() {
    let (db, _) = recorded().await;
    let (captured, _guard) = Captured::begin();

    db.query(Job::by_owner("ann")).take(1).await.unwrap();
    let of_index = captured.last();
    db.query(Job::partition("j")).take(1).await.unwrap();
    let of_table = captured.last();

    assert_eq!(of_index["aws.dynamodb.index_name"], "owner-index");
    assert!(!of_table.contains_key("aws.dynamodb.index_name"));
}

#[tokio::test]
async fn of_a_failed_call_says_its_kind() {
    let (db, _) = recorded().await;
    db.create(&Job::new("j")).await.unwrap();
    let (captured, _guard) = Captured::begin();

    let error = db.put(&Job::new("j")).only_if(Job::fields().tries.gt(5)).await.unwrap_err();

    let span = captured.last();
    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(
        (span["otel.status_code"].as_str(), span["error.type"].as_str()),
        ("ERROR", "condition_failed")
    );
}

#[tokio::test]
async fn of_a_transaction_names_its_table_only_where_it_is_one() {
    let (db, _) = recorded().await;
    let (captured, _guard) = Captured::begin();

    db.transact().put(&Job::new("a")).put(&Job::new("b")).await.unwrap();
    let of_one = captured.last();
    db.transact_get().get(Job::key("a")).get(Lease::key("l")).await.unwrap();
    let of_two = captured.last();

    assert_eq!((&*of_one["otel.name"], &*of_one["db.collection.name"]), ("TransactWriteItems jobs", "jobs"));
    assert_eq!(of_two["otel.name"], "TransactGetItems");
    assert!(!of_two.contains_key("db.collection.name"));
    assert!(of_one["aws.dynamodb.consumed_capacity"].parse::<f64>().unwrap() > 0.0);
}

#[tokio::test]
async fn never_holds_a_value() {
    let (db, _) = recorded().await;
    let (captured, _guard) = Captured::begin();
    let f = Job::fields();
    let job = Job {
        owner: "sesame-1".into(),
        site: "sesame-2".into(),
        note: Some("sesame-3".into()),
        steps: vec!["sesame-4".into()],
        tags: ["sesame-5".to_owned()].into(),
        labels: [("sesame-6".to_owned(), "sesame-7".to_owned())].into(),
        ..Job::new("sesame-8")
    };

    db.create(&job).await.unwrap();
    db.create(&job).await.unwrap_err();
    db.put(&job).only_if(f.note.eq("sesame-9")).await.unwrap_err();
    db.get(Job::key("sesame-8")).await.unwrap();
    db.update(Job::key("sesame-8")).set(f.labels.entry("sesame-6"), "sesame").returning_new().await.unwrap();
    db.update(Job::key("sesame-0")).set(f.note, "sesame").await.unwrap_err();
    // The engine refuses an index into what is no list, in its own words.
    db.update(Job::key("sesame-8"))
        .set(f.labels.entry("sesame-a"), f.labels.entry("sesame-b"))
        .await
        .unwrap_err();
    let page = db
        .query(Job::by_owner("sesame-1"))
        .filter(f.tags.contains("sesame-5"))
        .page_size(1)
        .page()
        .await
        .unwrap();
    db.query(Job::by_owner("sesame-1")).after(page.next).page().await.unwrap_err();
    db.scan::<Job>().filter(f.site.begins_with("sesame")).page().await.unwrap();
    db.transact().create(&job).label("again").await.unwrap_err();
    db.transact_get().get(Job::key("sesame-8")).await.unwrap();
    db.delete(Job::key("sesame-8")).await.unwrap();

    let (spans, events) = (captured.spans(), captured.events.lock().unwrap().clone());
    assert!(spans.len() >= 9, "{} spans", spans.len());
    for fields in spans.iter().chain(&events) {
        assert!(!fields.values().any(|value| value.contains("sesame")), "{fields:?}");
    }
}
