//! `ItemStream`: the next page is fetched ahead, two are held at most, and an error ends it.

use bytes::Bytes;
use dynamorm::{
    ErrorKind,
    prelude::*,
    transport::{TransportError, TransportErrorKind},
};

use crate::{
    fixture::{db, recorded},
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

#[tokio::test]
async fn asks_for_the_second_page_while_the_first_is_handed_out() {
    let (db, recording) = recorded().await;
    for number in 0..6 {
        db.create(&Job { created: number, ..Job::new(&format!("j{number}")) }).await.unwrap();
    }
    recording.take();
    let mut stream = db.query(Job::by_owner("ann")).page_size(3).stream();

    let first = stream.try_next().await.unwrap().unwrap();
    let asked_after_first = recording.count();
    stream.try_next().await.unwrap();

    assert_eq!(first.created, 0);
    assert!(asked_after_first <= 2 && recording.count() == 2, "{asked_after_first}, {}", recording.count());
}

#[tokio::test]
async fn holds_two_pages_at_most() {
    let (db, recording) = recorded().await;
    for number in 0..9 {
        db.create(&Job { created: number, ..Job::new(&format!("j{number}")) }).await.unwrap();
    }
    recording.take();
    let mut stream = db.query(Job::by_owner("ann")).page_size(3).stream();

    for handed_out in 1..=9_usize {
        stream.try_next().await.unwrap().unwrap();
        // Time for whatever was begun to be done.
        tokio::task::yield_now().await;
        let pages_begun = handed_out.div_ceil(3);
        assert!(recording.count() <= pages_begun + 1, "{} pages after {handed_out} items", recording.count());
    }
    assert_eq!(stream.try_next().await.unwrap(), None);
}

/// A page with one lease, and another one after it.
fn page(name: &str) -> Bytes {
    format!(
        r#"{{"Count":1,"ScannedCount":1,"Items":[{{"name":{{"S":"{name}"}},"version":{{"N":"1"}},
            "created_at":{{"S":"2026-01-01T00:00:00Z"}},"updated_at":{{"S":"2026-01-01T00:00:00Z"}}}}],
            "LastEvaluatedKey":{{"name":{{"S":"{name}"}}}}}}"#
    )
    .into()
}

#[tokio::test]
async fn ends_after_an_error() {
    let failure = TransportError::new(TransportErrorKind::Throttled, "slow down");
    let recording = Recording::over(Scripted::default().answer(page("a")).fail(failure).answer(page("b")));
    let db = db(recording.clone());
    let mut stream = db.scan::<Lease>().stream();

    let first = stream.try_next().await.unwrap().unwrap();
    let error = stream.try_next().await.unwrap_err();

    assert_eq!((first.name.as_str(), error.kind()), ("a", ErrorKind::Throttled));
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(recording.count(), 2);
}

#[tokio::test]
async fn gives_an_undecodable_item_as_an_error_and_skips_none() {
    let bad = r#"{"Count":1,"Items":[{"name":{"S":"b"},"version":{"S":"one"}}]}"#;
    let db = db(Scripted::default().answer(page("a")).answer(bad));
    let mut stream = db.scan::<Lease>().stream();

    stream.try_next().await.unwrap().unwrap();
    let error = stream.try_next().await.unwrap_err();

    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.attribute_path().unwrap().to_string(), "Items[0].version");
    assert_eq!(stream.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn of_a_query_that_cannot_be_sent_gives_its_error_once() {
    let (db, recording) = recorded().await;

    let mut stream = db.query(Job::by_owner("ann")).after(Cursor::from("none")).stream();

    assert_eq!(stream.try_next().await.unwrap_err().kind(), ErrorKind::Cursor);
    assert_eq!(stream.try_next().await.unwrap(), None);
    assert_eq!(recording.count(), 0);
}

#[tokio::test]
async fn goes_on_past_empty_pages() {
    let empty = r#"{"Count":0,"Items":[],"LastEvaluatedKey":{"name":{"S":"x"}}}"#;
    let db = db(Scripted::default().answer(empty).answer(empty).answer(page("a")).answer(r#"{"Items":[]}"#));

    let leases = db.scan::<Lease>().stream().collect_up_to(9).await.unwrap();

    assert_eq!(leases.len(), 1);
}
