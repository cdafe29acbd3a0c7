use streamer_store::{Json, Progress};

use super::*;

fn key(number: usize) -> RequestKey {
    RequestKey::new("t-1", number.to_string())
}

fn progress(percentage: u8) -> Event {
    Event::Progress(Progress { percentage, ..Progress::default() })
}

/// An end of about so many bytes.
fn end(bytes: usize) -> Event {
    Event::Completed(Json::parse(&format!(r#"{{"text":"{}"}}"#, "x".repeat(bytes))).unwrap())
}

/// An outbox that may send what is told of the requests 0 to `requests`.
fn outbox(requests: usize) -> Outbox {
    let outbox = Outbox::new("c-1", "t-1");
    for number in 0..requests {
        assert!(outbox.add(&key(number), Awaited::submitted()));
        outbox.release(&key(number));
    }
    outbox
}

fn bytes(outbox: &Outbox) -> usize {
    outbox.state().bytes
}

#[test]
fn keeps_the_newest_progress_alone() {
    let outbox = outbox(1);

    for percentage in [1, 7, 30, 20] {
        outbox.offer(&key(0), &progress(percentage), Instant::now());
    }

    assert!(matches!(
        outbox.try_next(),
        Some(Due::Event(_, Event::Progress(Progress { percentage: 30, .. })))
    ));
    assert!(outbox.try_next().is_none());
}

#[test]
fn sends_nothing_before_the_answer_and_nothing_after_the_end() {
    let outbox = Outbox::new("c-1", "t-1");
    outbox.add(&key(0), Awaited::submitted());
    outbox.offer(&key(0), &progress(5), Instant::now());
    let early = outbox.try_next();

    outbox.release(&key(0));
    outbox.offer(&key(0), &end(10), Instant::now());
    outbox.offer(&key(0), &Event::Cancelled, Instant::now());

    assert!(early.is_none());
    assert!(matches!(outbox.try_next(), Some(Due::Event(_, Event::Completed(_)))));
    assert!(outbox.offer(&key(0), &progress(99), Instant::now()), "nothing is waited for");
    assert!(outbox.try_next().is_none());
}

#[test]
fn keeps_so_many_bytes_at_most_and_loses_no_end() {
    let outbox = outbox(1000);

    for number in 0..1000 {
        outbox.offer(&key(number), &end(100_000), Instant::now());
        assert!(bytes(&outbox) <= MAX_WAITING_BYTES, "{} bytes after {number}", bytes(&outbox));
    }
    let mut told = 0;
    while let Some(due) = outbox.try_next() {
        match due {
            Due::Event(..) => told += 1,
            Due::Stored(key) => {
                told += usize::from(outbox.resolve(&key, Some(&end(100_000)), Instant::now()).is_some())
            }
        }
    }

    assert_eq!((told, bytes(&outbox), outbox.clear().len()), (1000, 0, 0));
}

#[test]
fn has_all_its_room_again_though_events_come_while_the_store_is_asked() {
    let outbox = outbox(2);
    outbox.offer(&key(0), &end(200_000), Instant::now());
    outbox.offer(&key(1), &end(200_000), Instant::now());
    outbox.try_next();

    // There is no room for the second; it is looked up, and told again before the store has answered.
    let asked = outbox.try_next();
    outbox.offer(&key(1), &end(200_000), Instant::now());
    let resolved = outbox.resolve(&key(1), Some(&progress(50)), Instant::now());
    let next = outbox.try_next();

    assert!(matches!(asked, Some(Due::Stored(_))) && resolved.is_none());
    assert!(matches!(next, Some(Due::Event(_, Event::Completed(_)))), "{next:?}");
    assert_eq!(bytes(&outbox), 0);
}

#[test]
fn waits_for_ten_thousand_requests_and_no_more() {
    let outbox = outbox(MAX_AWAITED);

    assert!(!outbox.has_room_for(&key(MAX_AWAITED)));
    assert!(!outbox.add(&key(MAX_AWAITED), Awaited::submitted()));
    assert!(
        outbox.has_room_for(&key(7)) && outbox.add(&key(7), Awaited::submitted()),
        "one that it waits for"
    );
    outbox.remove(&key(0));
    assert!(outbox.has_room_for(&key(MAX_AWAITED)));
}
