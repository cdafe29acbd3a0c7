use dynamorm::{
    testing::{Fault, RecordedCall},
    transport::Operation,
};
use streamer_store::{
    AsyncRequest, ENDED_TIME_TO_LIVE, ErrorKind, Progress, RequestKey, RequestProgress, RequestStatus,
    Submission,
};

use crate::{
    claim::claims,
    stage::{LEASE, Stage, failure, json, key, refused, submission},
};

claims![
    says_what_whole_requests_say,
    says_of_each_key_what_is_known,
    counts_what_has_expired_as_missing,
    sees_what_was_just_written,
    carries_no_payload_result_or_checkpoint,
    costs_what_whole_requests_do,
    asks_for_each_hundred_once,
    names_what_a_failed_request_was_for,
    of_keys_of_another_tenant_is_refused,
    of_an_id_that_cannot_be_any_is_refused,
];

/// What a whole request says of its progress.
fn progress_of(request: AsyncRequest) -> RequestProgress {
    let AsyncRequest { tenant_id, request_id, status, progress, progress_message, progress_details, .. } =
        request;
    RequestProgress { tenant_id, request_id, status, progress, progress_message, progress_details }
}

/// A progress that says all that one can. Its details are so long that they are stored compressed.
fn progress(percentage: u8) -> Progress {
    Progress {
        percentage,
        message: Some("counting".into()),
        details: Some(json(&format!(r#"{{"at":"{}"}}"#, "x".repeat(5_000)))),
    }
}

/// JSON of about so many bytes, of which zstd makes no less.
fn random_json(bytes: usize) -> streamer_store::Json {
    let mut state = 1_u64;
    let text: String = (0..bytes)
        .map(|_| {
            // Knuth's: a few bits of its upper half are random enough for a compressor.
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            char::from(
                b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"[(state >> 58) as usize],
            )
        })
        .collect();
    json(&format!(r#"{{"text":"{text}"}}"#))
}

fn sum_of(calls: &[RecordedCall]) -> (f64, usize) {
    (calls.iter().filter_map(|call| call.capacity).sum(), calls.iter().map(|call| call.answer_bytes).sum())
}

async fn says_what_whole_requests_say(stage: Stage) {
    let queue = stage.queue();
    stage.enqueued("pending").await;
    let processing = stage.claimed("processing", "w-1").await;
    queue.update_progress(&processing.lease, progress(30)).await.unwrap();
    let retrying = stage.claimed("retrying", "w-1").await;
    queue.update_progress(&retrying.lease, progress(60)).await.unwrap();
    queue.retry(&retrying, failure(), None).await.unwrap();
    stage.completed("completed").await;
    let failed = stage.claimed("failed", "w-1").await;
    queue.fail(&failed.lease, failure()).await.unwrap();
    queue.cancel(&stage.enqueued("cancelled").await).await.unwrap();
    let keys = ["pending", "processing", "retrying", "completed", "failed", "cancelled"].map(key);

    let read = queue.progress_of_many(&keys).await.unwrap();

    let whole = queue.get_many(&keys).await.unwrap();
    assert_eq!(read.found, whole.found.into_iter().map(progress_of).collect::<Vec<_>>());
    let said: Vec<_> = read.found.iter().map(|request| (request.status, request.progress)).collect();
    assert_eq!(
        said,
        [
            (RequestStatus::Pending, None),
            (RequestStatus::Processing, Some(30)),
            (RequestStatus::Retrying, Some(60)),
            (RequestStatus::Completed, Some(100)),
            (RequestStatus::Failed, None),
            (RequestStatus::Cancelled, None),
        ]
    );
    let Progress { message, details, .. } = progress(30);
    assert_eq!((&read.found[1].progress_message, &read.found[1].progress_details), (&message, &details));
}

async fn says_of_each_key_what_is_known(stage: Stage) {
    for id in ["r-1", "r-2"] {
        stage.enqueued(id).await;
    }
    let keys = ["r-2", "gone", "r-1", "r-2", "gone"].map(key);

    let read = stage.queue().progress_of_many(&keys).await.unwrap();

    let found: Vec<_> = read.found.iter().map(RequestProgress::request_key).collect();
    assert_eq!(found, ["r-2", "r-1"].map(key));
    assert_eq!((read.missing, read.unread), (vec![key("gone")], vec![]));
}

async fn counts_what_has_expired_as_missing(stage: Stage) {
    let ended = stage.completed("ended").await;
    let open = stage.enqueued("open").await;
    stage.clock.advance(ENDED_TIME_TO_LIVE);

    let read = stage.queue().progress_of_many([&ended, &open]).await.unwrap();

    assert_eq!(read.found.iter().map(RequestProgress::request_key).collect::<Vec<_>>(), [open]);
    assert_eq!(read.missing, [ended]);
}

async fn sees_what_was_just_written(stage: Stage) {
    let claimed = stage.claimed("r-1", "w-1").await;

    for percentage in 1..=20 {
        let progress = Progress { percentage, ..Progress::default() };
        stage.queue().update_progress(&claimed.lease, progress).await.unwrap();
        let read = stage.queue().progress_of_many([claimed.lease.key()]).await.unwrap();

        assert_eq!(read.found[0].progress, Some(percentage));
    }
    let sent = stage.recording.take();
    let reads = sent.iter().filter(|call| call.operation == Operation::BatchGetItem);
    let bodies: Vec<_> = reads.map(|call| String::from_utf8(call.body.to_vec()).unwrap()).collect();
    assert!(bodies.iter().all(|body| body.contains(r#""ConsistentRead":true"#)), "{bodies:?}");
}

async fn carries_no_payload_result_or_checkpoint(stage: Stage) {
    let queue = stage.queue();
    queue.enqueue(submission("open").payload(random_json(20_000))).await.unwrap();
    let open = queue.claim(&key("open"), "w-1", LEASE).await.unwrap();
    queue.save_checkpoint(&open.lease, random_json(20_000)).await.unwrap();
    queue.enqueue(submission("ended").payload(random_json(20_000))).await.unwrap();
    let ended = queue.claim(&key("ended"), "w-1", LEASE).await.unwrap();
    queue.complete(&ended.lease, random_json(20_000)).await.unwrap();
    stage.recording.take();

    let read = queue.progress_of_many(&["open", "ended"].map(key)).await.unwrap();
    let (_, bytes) = sum_of(&stage.recording.take());
    let _ = queue.get_many(&["open", "ended"].map(key)).await.unwrap();
    let (_, bytes_of_whole) = sum_of(&stage.recording.take());

    assert_eq!(read.found.len(), 2);
    assert!(bytes_of_whole > 60_000, "{bytes_of_whole}");
    assert!(bytes < 1_500, "{bytes}");
}

async fn costs_what_whole_requests_do(stage: Stage) {
    let keys: Vec<_> = (0..10).map(|number| key(&number.to_string())).collect();
    for key in &keys {
        let payload = random_json(6_000);
        let submission = Submission::new("acme", "ann", "count").id(key.request_id.as_str());
        stage.queue().enqueue(submission.payload(payload)).await.unwrap();
    }
    stage.recording.take();

    let _ = stage.queue().get_many(&keys).await.unwrap();
    let whole = stage.recording.take();
    let _ = stage.queue().progress_of_many(&keys).await.unwrap();
    let read = stage.recording.take();

    assert_eq!((whole.len(), read.len(), read[0].operation), (1, 1, Operation::BatchGetItem));
    let (units_of_whole, units) = (sum_of(&whole).0, sum_of(&read).0);
    assert!(units > 0.0 && units == units_of_whole, "{units} {units_of_whole}");
}

async fn asks_for_each_hundred_once(stage: Stage) {
    let keys: Vec<_> = (0..250).map(|number| key(&number.to_string())).collect();

    let read = stage.queue().progress_of_many(keys.iter().chain(&keys)).await.unwrap();

    assert_eq!(read.missing, keys);
    assert_eq!(stage.recording.take_operations(), [Operation::BatchGetItem; 3]);
}

async fn names_what_a_failed_request_was_for(stage: Stage) {
    let keys: Vec<_> = (0..101).map(|number| key(&number.to_string())).collect();
    stage.faults.on(Operation::BatchGetItem).nth(2).inject(Fault::LostBefore);

    let read = stage.queue().progress_of_many(&keys).await.unwrap();

    assert_eq!((&read.missing[..], &read.unread[..]), keys.split_at(100));
}

async fn of_keys_of_another_tenant_is_refused(stage: Stage) {
    let mine = stage.enqueued("r-1").await;
    let other = Submission::new("other", "ann", "count").id("r-1");
    stage.queue().enqueue(other).await.unwrap();
    let queue = stage.queue().for_tenant("acme");
    stage.recording.take();

    let read = queue.progress_of_many([&mine, &RequestKey::new("other", "r-1")]).await;

    assert_eq!(refused(read), ErrorKind::NotFound);
    assert_eq!(stage.recording.count(), 0);
    assert_eq!(queue.progress_of_many([&mine]).await.unwrap().found[0].tenant_id, "acme");
}

async fn of_an_id_that_cannot_be_any_is_refused(stage: Stage) {
    let read = stage.queue().progress_of_many([&key("")]).await;

    assert!(matches!(refused(read), ErrorKind::Validation { .. }));
}
