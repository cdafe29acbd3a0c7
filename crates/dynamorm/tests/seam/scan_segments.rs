//! `SegmentStream`: what it asks for and when, what it holds, and where it stands after an error.

use std::time::Duration;

use dynamorm::{
    ErrorKind,
    transport::{TransportError, TransportErrorKind},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    fixture::{db, recorded},
    layer::{Recording, Scripted},
    model::{Job, Lease},
};

/// A page with one lease that cost so many units, and another one after it or none.
fn page(name: &str, units: f64, is_last: bool) -> String {
    let mut page = json!({
        "Count": 1, "ScannedCount": 1,
        "ConsumedCapacity": { "TableName": "leases", "CapacityUnits": units },
        "Items": [{
            "name": { "S": name }, "version": { "N": "1" },
            "created_at": { "S": "2026-01-01T00:00:00Z" }, "updated_at": { "S": "2026-01-01T00:00:00Z" },
        }],
    });
    if !is_last {
        page["LastEvaluatedKey"] = json!({ "name": { "S": name } });
    }
    page.to_string()
}

#[tokio::test]
async fn asks_for_each_segment_once() {
    let (db, recording) = recorded().await;

    db.scan::<Lease>().segments(3).stream().collect_up_to(1).await.unwrap();

    let mut asked: Vec<_> = recording
        .take()
        .iter()
        .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap())
        .map(|body| (body["Segment"].as_u64(), body["TotalSegments"].as_u64()))
        .collect();
    asked.sort_unstable();
    assert_eq!(asked, [(Some(0), Some(3)), (Some(1), Some(3)), (Some(2), Some(3))]);
}

#[tokio::test]
async fn holds_one_page_a_segment_and_one_more() {
    let (db, recording) = recorded().await;
    for number in 0..40 {
        db.create(&Job::new(&format!("j{number}"))).await.unwrap();
    }
    recording.take();
    let mut stream = db.scan::<Job>().page_size(2).segments(2).stream();

    for handed_out in 1..=40_usize {
        stream.try_next().await.unwrap().unwrap();
        for _ in 0..20 {
            tokio::task::yield_now().await;
        }
        // A page that is not full may have come between, one at the end of each segment.
        let most = handed_out.div_ceil(2) + 2 + 2;
        assert!(recording.count() <= most, "{} pages after {handed_out} items", recording.count());
    }
    assert_eq!(stream.try_next().await.unwrap(), None);
}

#[tokio::test]
async fn ends_after_an_error_and_resumes_where_it_stood() {
    let failure = TransportError::new(TransportErrorKind::Throttled, "slow down");
    let script = Scripted::default().answer(page("a", 1.0, false)).fail(failure).answer(page("b", 1.0, true));
    let recording = Recording::over(script);
    let db = db(recording.clone());
    let mut stream = db.scan::<Lease>().segments(1).capacity_per_second(1e9).stream();

    let mut handed_out = Vec::new();
    let error = loop {
        match stream.try_next().await {
            Ok(lease) => handed_out.extend(lease.map(|lease| lease.name)),
            Err(error) => break error,
        }
    };
    let ended = stream.try_next().await.unwrap();
    let checkpoint = stream.checkpoint();
    let rest = db.scan::<Lease>().segments(1).resume(checkpoint).stream().collect_up_to(9).await.unwrap();

    assert_eq!((error.kind(), ended), (ErrorKind::Throttled, None));
    let last: Value = serde_json::from_slice(&recording.take().last().unwrap().body).unwrap();
    let start_key = last.get("ExclusiveStartKey").cloned();
    if handed_out.is_empty() {
        assert_eq!(start_key, None);
    } else {
        assert_eq!(start_key, Some(json!({ "name": { "S": "a" } })));
    }
    assert_eq!(rest[0].name, "b");
}

#[tokio::test]
async fn asks_again_for_no_segment_that_is_finished() {
    let (db, recording) = recorded().await;
    db.create(&Lease::new("one")).await.unwrap();
    let mut stream = db.scan::<Lease>().segments(2).stream();
    while stream.try_next().await.unwrap().is_some() {}
    let checkpoint = stream.checkpoint().unwrap();
    recording.take();

    let rest = db.scan::<Lease>().segments(2).resume(checkpoint).stream().collect_up_to(9).await.unwrap();

    assert_eq!((rest.len(), recording.count()), (0, 0));
}

#[tokio::test]
async fn seals_its_checkpoints() {
    let (db, _recording) = recorded().await;
    let db = db.with_cursor_key([7; 32]);
    let mut stream = db.scan::<Lease>().segments(2).stream();
    while stream.try_next().await.unwrap().is_some() {}
    let checkpoint = stream.checkpoint().unwrap();

    let resumed = db.scan::<Lease>().segments(2).resume(checkpoint.clone()).stream().collect_up_to(9).await;
    let other_key = db.with_cursor_key([8; 32]);
    let refused = other_key.scan::<Lease>().segments(2).resume(checkpoint).stream().collect_up_to(9).await;

    assert!(resumed.is_ok());
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::Cursor);
}

mod capacity {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn is_paid_for_before_the_next_request_goes() {
        let script = (0..5).fold(Scripted::default(), |script, n| script.answer(page("a", 20.0, n == 4)));
        let db = db(script);
        let begun = Instant::now();

        let stream = db.scan::<Lease>().segments(1).capacity_per_second(10.0).stream();
        let leases = stream.collect_up_to(9).await.unwrap();

        // The last page of 20 units is paid for after the end.
        let seconds = begun.elapsed().as_secs_f64();
        assert_eq!(leases.len(), 5);
        assert!((8.0..8.1).contains(&seconds), "{seconds} s");
    }

    #[tokio::test(start_paused = true)]
    async fn is_shared_by_all_segments() {
        let script = (0..8).fold(Scripted::default(), |script, _| script.answer(page("a", 20.0, true)));
        let recording = Recording::over(script);
        let db = db(recording.clone());
        let begun = Instant::now();
        let mut stream = db.scan::<Lease>().segments(8).capacity_per_second(10.0).stream();

        let mut handed_out = 0;
        while stream.try_next().await.unwrap().is_some() {
            handed_out += 1;
            // One page ahead at most, and what is asked for may be under way.
            let allowed = begun.elapsed().as_secs_f64() * 10.0 + 20.0;
            let asked = u32::try_from(recording.count()).unwrap();
            assert!(f64::from(asked - 1) * 20.0 <= allowed, "{asked} requests after {:?}", begun.elapsed());
        }

        assert_eq!(handed_out, 8);
        assert!(begun.elapsed() >= Duration::from_secs(14), "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn of_an_engine_that_does_not_say_it_counts_as_a_full_page() {
        let silent = |is_last| {
            let mut page: Value = serde_json::from_str(&page("a", 1.0, is_last)).unwrap();
            page.as_object_mut().unwrap().remove("ConsumedCapacity");
            page.to_string()
        };
        let db = db(Scripted::default().answer(silent(false)).answer(silent(true)));
        let begun = Instant::now();

        let stream = db.scan::<Lease>().segments(1).capacity_per_second(64.0).stream();
        stream.collect_up_to(9).await.unwrap();

        assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    }
}
