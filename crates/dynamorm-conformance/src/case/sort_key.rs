//! Sort-key conditions: of fields that are the key, and of templates.

use std::time::Duration;

use bytes::Bytes;
use dynamorm::{Clock as _, Error, prelude::*, testing::TestClock};

use crate::{
    model::{Blob, Event, Reading, Session, Ticket},
    registry::{Outcome, cases},
};

cases![
    conditions_on_a_number_agree_with_rust,
    numbers_sort_by_value,
    decimals_sort_by_value,
    instants_sort_by_time,
    conditions_on_an_instant_agree_with_rust,
    bytes_sort_unsigned,
    bytes_have_prefixes,
    conditions_on_an_instant_of_a_template_agree_with_rust,
    conditions_on_a_text_of_a_template_agree_with_rust,
    conditions_on_a_negative_number_of_a_template_agree_with_rust,
    numbers_in_a_template_sort_by_value,
    instants_in_a_template_sort_by_time,
    conditions_join_filters,
    conditions_read_nothing_else,
];

async fn tickets(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Ticket>().await?;
    for number in [0, 2, 9, 10, 11, 99, 100, u32::MAX] {
        db.put(&Ticket::new(number)).await?;
    }
    Ok(())
}

const NUMBERS: [u32; 8] = [0, 2, 9, 10, 11, 99, 100, u32::MAX];

fn numbers(tickets: &[Ticket]) -> Vec<u32> {
    tickets.iter().map(|ticket| ticket.number).collect()
}

async fn conditions_on_a_number_agree_with_rust(db: Db) -> Outcome {
    tickets(&db).await?;
    let key = || Ticket::partition("q").number();
    let expected =
        |holds: fn(u32) -> bool| NUMBERS.into_iter().filter(|number| holds(*number)).collect::<Vec<_>>();

    assert_eq!(numbers(&db.query(key().eq(10_u32)).take(99).await?), expected(|n| n == 10));
    assert_eq!(numbers(&db.query(key().lt(10_u32)).take(99).await?), expected(|n| n < 10));
    assert_eq!(numbers(&db.query(key().le(10_u32)).take(99).await?), expected(|n| n <= 10));
    assert_eq!(numbers(&db.query(key().gt(10_u32)).take(99).await?), expected(|n| n > 10));
    assert_eq!(numbers(&db.query(key().ge(10_u32)).take(99).await?), expected(|n| n >= 10));
    let between = db.query(key().between(9_u32, 99_u32)).take(99).await?;
    assert_eq!(numbers(&between), expected(|n| (9..=99).contains(&n)));
    Ok(())
}

async fn numbers_sort_by_value(db: Db) -> Outcome {
    db.ensure_table::<Reading>().await?;
    let sorted = [i64::MIN, -100, -99, -10, -9, -1, 0, 1, 9, 10, 99, 100, i64::MAX];
    for offset in sorted.iter().rev() {
        db.put(&Reading::new(*offset)).await?;
    }

    let readings = db.query(Reading::partition(7_u32)).take(99).await?;

    assert_eq!(readings.iter().map(|reading| reading.offset).collect::<Vec<_>>(), sorted);
    Ok(())
}

async fn decimals_sort_by_value(db: Db) -> Outcome {
    db.ensure_table::<Reading>().await?;
    let texts = ["-1e20", "-10.5", "-10.4999", "-0.001", "0", "1e-30", "0.5", "2", "10", "1e37"];
    let sorted: Vec<Decimal> = texts.iter().filter_map(|text| text.parse().ok()).collect();
    assert_eq!(sorted.len(), texts.len());
    for (offset, value) in sorted.iter().rev().enumerate() {
        let mut reading = Reading::new(i64::try_from(offset).unwrap_or_default());
        reading.value = *value;
        db.put(&reading).await?;
    }

    let readings = db.query(Reading::by_value(7_u32)).take(99).await?;
    let above = db.query(Reading::by_value(7_u32).value().gt(sorted[6])).take(99).await?;

    assert_eq!(readings.iter().map(|reading| reading.value).collect::<Vec<_>>(), sorted);
    assert_eq!(above.iter().map(|reading| reading.value).collect::<Vec<_>>(), sorted[7..]);
    Ok(())
}

/// Instants in order whose texts would not be in order if they dropped trailing zeros of the fraction.
fn instants(clock: &TestClock) -> Vec<Timestamp> {
    let nanos = [0, 1, 90_000_000, 100_000_000, 120_000_000, 999_999_999, 1_000_000_000, 10_000_000_000];
    nanos.iter().map(|nanos| clock.now().saturating_add(Duration::from_nanos(*nanos))).collect()
}

async fn sessions(db: Db) -> Result<(Db, Vec<Timestamp>), Error> {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    let instants = instants(&clock);
    for (number, opened_at) in instants.iter().enumerate().rev() {
        let session = Session { opened_at: *opened_at, ..Session::new(&format!("s-{number}"), &clock) };
        db.put(&session).await?;
    }
    Ok((db, instants))
}

fn opened(sessions: &[Session]) -> Vec<Timestamp> {
    sessions.iter().map(|session| session.opened_at).collect()
}

async fn instants_sort_by_time(db: Db) -> Outcome {
    let (db, instants) = sessions(db).await?;

    let sessions = db.query(Session::by_user("u-1")).take(99).await?;

    assert_eq!(opened(&sessions), instants);
    Ok(())
}

async fn conditions_on_an_instant_agree_with_rust(db: Db) -> Outcome {
    let (db, instants) = sessions(db).await?;
    let key = || Session::by_user("u-1").opened_at();

    assert_eq!(opened(&db.query(key().lt(instants[3])).take(99).await?), instants[..3]);
    assert_eq!(opened(&db.query(key().ge(instants[3])).take(99).await?), instants[3..]);
    assert_eq!(opened(&db.query(key().between(instants[1], instants[4])).take(99).await?), instants[1..=4]);
    Ok(())
}

async fn blobs(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Blob>().await?;
    for part in [&[255][..], &[0], &[128, 1], &[127], &[0, 0], &[128]] {
        db.put(&Blob::new(&[0, 255, 128], part)).await?;
    }
    Ok(())
}

async fn bytes_sort_unsigned(db: Db) -> Outcome {
    blobs(&db).await?;

    let blobs = db.query(Blob::partition(Bytes::from_static(&[0, 255, 128]))).take(99).await?;

    let parts: Vec<_> = blobs.iter().map(|blob| blob.part.as_slice()).collect();
    assert_eq!(parts, [&[0][..], &[0, 0], &[127], &[128], &[128, 1], &[255]]);
    Ok(())
}

async fn bytes_have_prefixes(db: Db) -> Outcome {
    blobs(&db).await?;

    let blobs = db
        .query(Blob::partition(Bytes::from_static(&[0, 255, 128])).part().begins_with(vec![128]))
        .take(99)
        .await?;

    assert_eq!(blobs.len(), 2);
    Ok(())
}

/// Events of each instant, kind and level, and what a reference says of them.
async fn events(db: &Db) -> Result<Vec<Event>, Error> {
    db.ensure_table::<Event>().await?;
    let instants = instants(&TestClock::new());
    let kinds = ["", "a", "a#", "a$", "ab", "b", "\u{10ffff}", "é"];
    let levels = [i32::MIN, -100, -9, -1, 0, 1, 9, i32::MAX];
    let mut events = Vec::new();
    for number in 0..8 {
        for sequence in [0, 9, 10] {
            events.push(Event::new(instants[number], sequence, kinds[number], levels[number]));
        }
    }
    for event in &events {
        db.put(event).await?;
    }
    Ok(events)
}

/// Checks that a key condition reads the events for which the closure holds.
macro_rules! reads {
    ($db:ident, $events:ident, $key:expr, |$event:ident| $expected:expr) => {{
        let found = $db.query($key).take(999).await?.items;
        let expected = $events.iter().filter(|$event| $expected).count();
        let condition = stringify!($key);
        assert!(found.iter().all(|$event| $expected), "{condition}: {found:?}");
        assert_eq!(found.len(), expected, "{condition}");
    }};
}

async fn conditions_on_an_instant_of_a_template_agree_with_rust(db: Db) -> Outcome {
    let events = events(&db).await?;
    let key = || Event::partition("s").at();

    for at in [events[0].at, events[9].at, events[23].at] {
        reads!(db, events, key().eq(at), |event| event.at == at);
        reads!(db, events, key().le(at), |event| event.at <= at);
        reads!(db, events, key().gt(at), |event| event.at > at);
        reads!(db, events, key().ge(at), |event| event.at >= at);
    }
    let (low, high) = (events[4].at, events[12].at);
    reads!(db, events, key().between(low, high), |event| (low..=high).contains(&event.at));
    Ok(())
}

async fn conditions_on_a_text_of_a_template_agree_with_rust(db: Db) -> Outcome {
    let events = events(&db).await?;
    let key = || Event::by_kind("s").kind();

    for kind in ["", "a", "a#", "ab", "b", "aa", "\u{10ffff}"] {
        reads!(db, events, key().eq(kind), |event| event.kind == kind);
        reads!(db, events, key().le(kind), |event| event.kind.as_str() <= kind);
        reads!(db, events, key().gt(kind), |event| event.kind.as_str() > kind);
        reads!(db, events, key().ge(kind), |event| event.kind.as_str() >= kind);
        reads!(db, events, key().begins_with(kind), |event| event.kind.starts_with(kind));
    }
    reads!(db, events, key().between("a", "ab"), |event| ("a"..="ab").contains(&event.kind.as_str()));
    Ok(())
}

async fn conditions_on_a_negative_number_of_a_template_agree_with_rust(db: Db) -> Outcome {
    let events = events(&db).await?;
    let key = || Event::by_level("s").level();

    for level in [i32::MIN, -10, -9, -1, 0, 9, 10, i32::MAX] {
        reads!(db, events, key().eq(level), |event| event.level == level);
        reads!(db, events, key().le(level), |event| event.level <= level);
        reads!(db, events, key().gt(level), |event| event.level > level);
        reads!(db, events, key().ge(level), |event| event.level >= level);
    }
    reads!(db, events, key().between(-9, 1), |event| (-9..=1).contains(&event.level));
    Ok(())
}

async fn numbers_in_a_template_sort_by_value(db: Db) -> Outcome {
    let mut events = events(&db).await?;
    events.sort_by_key(|event| event.level);

    let read = db.query(Event::by_level("s")).take(999).await?;
    let of_a_kind = db.query(Event::by_kind("s").kind().eq("a")).take(999).await?;

    let levels = |events: &[Event]| events.iter().map(|event| event.level).collect::<Vec<_>>();
    assert_eq!(levels(&read), levels(&events));
    assert_eq!(of_a_kind.iter().map(|event| event.sequence).collect::<Vec<_>>(), [0, 9, 10]);
    Ok(())
}

async fn instants_in_a_template_sort_by_time(db: Db) -> Outcome {
    let mut events = events(&db).await?;
    events.sort_by_key(|event| (event.at, event.sequence));

    let read = db.query(Event::partition("s")).descending().take(999).await?;

    events.reverse();
    assert_eq!(read.items, events);
    Ok(())
}

async fn conditions_join_filters(db: Db) -> Outcome {
    tickets(&db).await?;
    let f = Ticket::fields();

    let either = f.weight.eq(10).or(f.weight.eq(2));
    let found = db.query(Ticket::partition("q").number().ge(9_u32)).filter(either).take(99).await?;

    assert_eq!(numbers(&found), [10]);
    Ok(())
}

async fn conditions_read_nothing_else(db: Db) -> Outcome {
    tickets(&db).await?;

    let page = db.query(Ticket::partition("q").number().between(9_u32, 11_u32)).page().await?;

    assert_eq!(page.scanned, 3);
    Ok(())
}
