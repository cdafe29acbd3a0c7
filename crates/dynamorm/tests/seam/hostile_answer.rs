//! Answers that are not what DynamoDB's protocol allows: errors, never a panic, never a wrong item.

use bytes::Bytes;
use dynamorm::{
    Db, ErrorKind, Projection,
    transport::{TransportError, TransportErrorKind},
    verb::BatchWrite,
};
use proptest::prelude::*;

use crate::{
    fixture::db,
    layer::Scripted,
    model::{Job, Lease},
};

#[derive(Projection)]
#[dynamorm(model = Lease)]
#[allow(dead_code, reason = "read, and then dropped")]
struct Holder {
    holder: Option<String>,
}

/// Runs to the end what needs no timer and no thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

/// A batch of writes as one outcome.
async fn written(batch: BatchWrite<'_>) -> Result<(), ErrorKind> {
    batch.await.unwrap().complete().map(drop).map_err(|error| error.kind())
}

/// A database that cancels a transaction with this body.
fn cancelled(body: &Bytes) -> Db {
    let mut error = TransportError::new(TransportErrorKind::TransactionCanceled, "cancelled");
    error.body = body.clone();
    db(Scripted::default().fail(error))
}

/// A database that answers so to the request for the items of a page of keys.
fn hydrated(body: &Bytes) -> Db {
    let keys = r#"{"Items":[{"pk":{"S":"JOB#l"},"sk":{"S":"METADATA"}}],"Count":1,"ScannedCount":1}"#;
    db(Scripted::default().answer(keys).answer(body.clone()))
}

/// What each verb makes of one answer.
fn kinds(body: &Bytes) -> Vec<Result<(), ErrorKind>> {
    fn kind<T>(result: Result<T, dynamorm::Error>) -> Result<(), ErrorKind> {
        result.map(drop).map_err(|error| {
            assert!(!error.to_string().is_empty() && !format!("{error:?}").is_empty());
            error.kind()
        })
    }
    block_on(async {
        let lease = Lease::new("l");
        let db = || db(Scripted::default().answer(body.clone()));
        vec![
            kind(db().get(Lease::key("l")).await),
            kind(db().put(&lease).returning_old().await),
            kind(db().delete(Lease::key("l")).await),
            kind(db().update(Lease::key("l")).returning_new().await),
            kind(db().query(Lease::partition("l")).page().await),
            kind(db().query(Lease::partition("l")).page_size(1).take(1).await),
            kind(db().scan::<Lease>().page().await),
            kind(db().batch_get([Lease::key("l")]).await),
            kind(db().batch_get_each().keys([Lease::key("l")]).await),
            kind(db().transact_get().get(Lease::key("l")).await),
            written(db().batch_write().delete(Lease::key("l"))).await,
            kind(db().transact().put(&Job::new("j")).await),
            kind(cancelled(body).transact().put(&Job::new("j")).await),
            kind(db().get(Lease::key("l")).project::<Holder>().await),
            kind(db().batch_get([Lease::key("l")]).project::<Holder>().await),
            kind(db().query(Job::by_owner("ann")).hydrate().page().await),
            kind(hydrated(body).query(Job::by_owner("ann")).hydrate().page().await),
            kind(db().list_tables().await),
            kind(db().ensure_table::<Lease>().await),
        ]
    })
}

const ITEM: &str = r#"{"name":{"S":"l"},"holder":{"S":"h"},"version":{"N":"1"},"until":{"N":"4102444900"},"created_at":{"S":"2026-01-01T00:00:00Z"},"updated_at":{"S":"2026-01-01T00:00:00Z"}}"#;

/// An answer that all item verbs take.
fn answer() -> String {
    format!(
        r#"{{"Item":{ITEM},"Attributes":{ITEM},"Items":[{ITEM}],"Responses":{{"leases":[{ITEM}]}},"Count":1,"ScannedCount":1,"CancellationReasons":[{{"Code":"ConditionalCheckFailed","Message":"m","Item":{ITEM}}}],"UnprocessedItems":{{}},"ConsumedCapacity":{{"TableName":"leases","CapacityUnits":0.5}}}}"#
    )
}

#[test]
fn the_example_itself_is_fine() {
    let outcomes = kinds(&answer().into());

    assert_eq!(outcomes[..8], [Ok(()); 8]);
}

#[test]
fn that_is_no_json_is_a_decode_error() {
    for body in
        ["", " ", "{", "}", "[]", "null", "1", "\"\"", "{}{}", "{]", "<html>", "{\"Item\":", "{'Item':{}}"]
    {
        for outcome in kinds(&Bytes::from_static(body.as_bytes())) {
            assert_eq!(outcome, Err(ErrorKind::Decode), "{body}");
        }
    }
}

#[test]
fn that_is_no_utf_8_is_a_decode_error() {
    let mut body = answer().into_bytes();
    let position = answer().find("\"h\"").unwrap() + 1;
    body[position] = 0xff;

    assert_eq!(kinds(&body.into())[..7], [Err(ErrorKind::Decode); 7]);
}

#[test]
fn that_lacks_an_attribute_is_a_decode_error_that_names_it() {
    let body = answer().replace(r#""version":{"N":"1"},"#, "");

    let error = block_on(db(Scripted::default().answer(body.clone())).get(Lease::key("l")).into_future())
        .unwrap_err();

    assert_eq!(error.attribute_path().unwrap().to_string(), "version");
    assert_eq!(kinds(&body.into())[..7], [Err(ErrorKind::Decode); 7]);
}

#[test]
fn with_an_attribute_of_another_type_is_a_decode_error() {
    for wrong in [
        r#"{"S":"1"}"#,
        r#"{"N":1}"#,
        r#"{"N":"one"}"#,
        r#"{"N":"1.5"}"#,
        r#"{"N":"-1"}"#,
        r#"{"N":"99999999999"}"#,
        "{}",
        "1",
        r#"{"X":"1"}"#,
        r#"{"N":"1","S":"1"}"#,
        "[]",
        r#"{"M":{}}"#,
        r#"{"NULL":true}"#,
    ] {
        let body = answer().replace(r#"{"N":"1"}"#, wrong);

        assert_eq!(kinds(&body.into())[..7], [Err(ErrorKind::Decode); 7], "{wrong}");
    }
}

#[test]
fn with_members_of_another_type_is_a_decode_error() {
    let pages = [
        r#"{"Items":{}}"#,
        r#"{"Items":[1]}"#,
        r#"{"Items":null}"#,
        r#"{"Items":[],"Count":"1"}"#,
        r#"{"Items":[],"Count":-1}"#,
        r#"{"Items":[],"Count":1.5}"#,
        r#"{"Items":[],"Count":99999999999999999999999}"#,
        r#"{"Items":[],"ScannedCount":{}}"#,
        r#"{"Items":[],"ConsumedCapacity":1}"#,
    ];
    for page in pages {
        let outcomes = kinds(&Bytes::from_static(page.as_bytes()));

        assert_eq!((outcomes[4], outcomes[6]), (Err(ErrorKind::Decode), Err(ErrorKind::Decode)), "{page}");
    }
}

#[test]
fn that_nests_deeply_is_a_decode_error() {
    for (open, close) in [(r#"{"L":["#, "]}"), (r#"{"M":{"a":"#, "}}"), ("[", "]"), (r#"{"a":"#, "}")] {
        for depth in [1_000, 100_000] {
            let nested = format!("{}{}{}", open.repeat(depth), "1", close.repeat(depth));
            let known = answer().replace(r#"{"N":"1"}"#, &nested);
            let unknown = answer().replace(r#""holder""#, &format!(r#""else":{nested},"holder""#));

            assert_eq!(kinds(&known.into())[..7], [Err(ErrorKind::Decode); 7]);
            for outcome in &kinds(&unknown.into())[..7] {
                assert_eq!(*outcome, Err(ErrorKind::Decode));
            }
        }
    }
}

#[test]
fn that_claims_many_items_takes_no_memory_for_them() {
    let body = r#"{"Count":18446744073709551615,"ScannedCount":18446744073709551615,"Items":[]}"#;

    assert_eq!(kinds(&Bytes::from_static(body.as_bytes()))[4], Ok(()));
}

#[test]
fn without_the_new_image_is_a_decode_error() {
    let update =
        block_on(db(Scripted::default().answer("{}")).update(Job::key("j")).returning_new().into_future());

    assert_eq!(update.unwrap_err().kind(), ErrorKind::Decode);
}

#[test]
fn of_a_failed_condition_is_still_a_failed_condition() {
    for body in ["", "{", "[]", r#"{"Item":1}"#, r#"{"Item":{"version":{"S":"x"}}}"#, r#"{"Item":{}}"#] {
        let failure = |kind| {
            let mut error = TransportError::new(kind, "refused").with_attempts(2);
            error.body = Bytes::from_static(body.as_bytes());
            db(Scripted::default().fail(error))
        };
        let condition = || failure(TransportErrorKind::ConditionFailed);

        let create = block_on(condition().create(&Lease::new("l")).into_future()).unwrap_err();
        let put = block_on(condition().put(&Lease::new("l")).into_future()).unwrap_err();
        let update = block_on(condition().update(Lease::key("l")).into_future()).unwrap_err();

        assert_eq!(
            (create.kind(), put.kind()),
            (ErrorKind::AlreadyExists, ErrorKind::ConditionFailed),
            "{body}"
        );
        assert!(matches!(update.kind(), ErrorKind::ConditionFailed | ErrorKind::NotFound), "{body}");
        let _read_without_panic = (create.stored::<Lease>(), put.stored::<Lease>(), update.stored::<Lease>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn of_any_bytes_is_an_error_or_an_answer(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        kinds(&body.into());
    }

    #[test]
    fn that_was_changed_anywhere_is_an_error_or_an_answer(
        position in any::<prop::sample::Index>(),
        removed in 0..8_usize,
        inserted in "[{}\\[\\]\",:a-zA-Z0-9\\\\.\\-é]{0,4}",
    ) {
        let text = answer();
        let start = position.index(text.len());
        let end = (start + removed).min(text.len());
        let changed = format!("{}{inserted}{}", &text[..start], &text[end..]);

        kinds(&changed.into());
    }

    #[test]
    fn that_was_cut_off_is_a_decode_error(position in any::<prop::sample::Index>()) {
        let text = answer();
        let cut = &text[..position.index(text.len())];

        for outcome in kinds(&Bytes::copy_from_slice(cut.as_bytes())) {
            prop_assert_eq!(outcome, Err(ErrorKind::Decode));
        }
    }
}
