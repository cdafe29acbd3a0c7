//! `scan` in segments.

use dynamorm::{Error, prelude::*};

use crate::{
    model::Ticket,
    refusal::refused_as,
    registry::{Outcome, cases},
};

cases![
    hold_every_item_once,
    stream_gives_every_item_of_all_once,
    stream_of_one_segment_is_the_whole_table,
    stream_resumes_after_the_last_item_that_was_handed_out,
    stream_that_ended_resumes_with_nothing,
    keep_what_passes_the_filter,
    refuse_a_checkpoint_of_another_scan,
    refuse_a_cursor_of_another_segment,
    refuse_what_is_no_segment,
    count_what_the_table_holds,
];

const ALL: [u32; 24] = {
    let mut numbers = [0; 24];
    let mut number = 0;
    while number < 24 {
        numbers[number as usize] = number;
        number += 1;
    }
    numbers
};

/// Tickets in eight partitions, for a segment is made of whole ones in some engines.
async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Ticket>().await?;
    for number in ALL {
        db.put(&Ticket { queue: format!("q-{}", number % 8), ..Ticket::new(number) }).await?;
    }
    Ok(())
}

fn numbers(tickets: &[Ticket]) -> Vec<u32> {
    let mut numbers: Vec<_> = tickets.iter().map(|ticket| ticket.number).collect();
    numbers.sort_unstable();
    numbers
}

async fn hold_every_item_once(db: Db) -> Outcome {
    stored(&db).await?;

    let mut tickets = Vec::new();
    for number in 0..3 {
        let mut cursor = None;
        loop {
            let page = db.scan::<Ticket>().segment(number, 3).page_size(4).after(cursor).page().await?;
            tickets.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }

    assert_eq!(numbers(&tickets), ALL);
    Ok(())
}

async fn stream_gives_every_item_of_all_once(db: Db) -> Outcome {
    stored(&db).await?;

    let tickets = db.scan::<Ticket>().page_size(2).segments(4).stream().collect_up_to(100).await?;

    assert_eq!(numbers(&tickets), ALL);
    Ok(())
}

async fn stream_of_one_segment_is_the_whole_table(db: Db) -> Outcome {
    stored(&db).await?;

    let tickets = db.scan::<Ticket>().segments(1).stream().collect_up_to(100).await?;

    assert_eq!(numbers(&tickets), ALL);
    Ok(())
}

async fn stream_resumes_after_the_last_item_that_was_handed_out(db: Db) -> Outcome {
    stored(&db).await?;
    let scan = || db.scan::<Ticket>().page_size(3).consistent().segments(3);

    // A new stream for each item: no place is one at which it loses or repeats any.
    let (mut tickets, mut checkpoint) = (Vec::new(), None);
    for _ in 0..=ALL.len() {
        let mut stream = scan().resume(checkpoint).stream();
        tickets.extend(stream.try_next().await?);
        checkpoint = stream.checkpoint();
    }

    assert_eq!(numbers(&tickets), ALL);
    Ok(())
}

async fn stream_that_ended_resumes_with_nothing(db: Db) -> Outcome {
    stored(&db).await?;
    let mut stream = db.scan::<Ticket>().segments(3).stream();
    while stream.try_next().await?.is_some() {}

    let rest = db.scan::<Ticket>().segments(3).resume(stream.checkpoint()).stream().collect_up_to(1).await?;

    assert_eq!(rest, []);
    Ok(())
}

async fn keep_what_passes_the_filter(db: Db) -> Outcome {
    stored(&db).await?;
    let filter = Ticket::fields().weight.lt(5);

    let tickets =
        db.scan::<Ticket>().filter(filter).page_size(2).segments(3).stream().collect_up_to(9).await?;

    assert_eq!(numbers(&tickets), [0, 1, 2, 3, 4]);
    Ok(())
}

async fn refuse_a_checkpoint_of_another_scan(db: Db) -> Outcome {
    stored(&db).await?;
    let mut stream = db.scan::<Ticket>().segments(3).stream();
    stream.try_next().await?;
    let checkpoint = stream.checkpoint();
    let filter = Ticket::fields().weight.lt(5);

    let of_another_number = db.scan::<Ticket>().segments(4).resume(checkpoint.clone()).stream();
    let of_another_filter =
        db.scan::<Ticket>().filter(filter).segments(3).resume(checkpoint.clone()).stream();
    let of_no_segments = db.scan::<Ticket>().after(checkpoint).stream();

    assert_eq!(refused_as(of_another_number.collect_up_to(1).await), ErrorKind::Cursor);
    assert_eq!(refused_as(of_another_filter.collect_up_to(1).await), ErrorKind::Cursor);
    assert_eq!(refused_as(of_no_segments.collect_up_to(1).await), ErrorKind::Cursor);
    Ok(())
}

async fn refuse_a_cursor_of_another_segment(db: Db) -> Outcome {
    stored(&db).await?;
    let mut cursor = None;
    for number in 0..4 {
        cursor = cursor.or(db.scan::<Ticket>().segment(number, 5).page_size(1).page().await?.next);
    }

    let other = db.scan::<Ticket>().segment(4, 5).after(cursor.clone()).page().await;
    let whole = db.scan::<Ticket>().after(cursor).page().await;

    assert_eq!(refused_as(other), ErrorKind::Cursor);
    assert_eq!(refused_as(whole), ErrorKind::Cursor);
    Ok(())
}

async fn refuse_what_is_no_segment(db: Db) -> Outcome {
    stored(&db).await?;

    for (number, of) in [(0, 0), (3, 3), (0, 1_000_001)] {
        assert_eq!(refused_as(db.scan::<Ticket>().segment(number, of).page().await), ErrorKind::Validation);
    }
    for segments in [0, 1_000_001] {
        let stream = db.scan::<Ticket>().segments(segments).stream();
        assert_eq!(refused_as(stream.collect_up_to(1).await), ErrorKind::Validation);
    }
    for units in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let stream = db.scan::<Ticket>().segments(2).capacity_per_second(units).stream();
        assert_eq!(refused_as(stream.collect_up_to(1).await), ErrorKind::Validation);
    }
    Ok(())
}

async fn count_what_the_table_holds(db: Db) -> Outcome {
    stored(&db).await?;

    let all = db.scan::<Ticket>().page_size(5).count().await?;
    let light = db.scan::<Ticket>().filter(Ticket::fields().weight.lt(5)).count().await?;
    let mut of_segments = 0;
    for number in 0..3 {
        of_segments += db.scan::<Ticket>().segment(number, 3).count().await?;
    }

    assert_eq!((all, light, of_segments), (24, 5, 24));
    Ok(())
}
