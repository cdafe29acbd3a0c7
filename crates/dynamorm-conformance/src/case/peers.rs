//! Bugs of other mappers that no one operation has to itself: which claim keeps out which bug stands in
//! `docs/suite.md`.

use std::thread;

use dynamorm::{
    prelude::*,
    testing::{Fault, Faults, Recording},
    transport::Operation,
    verb::Ended,
};

use crate::{
    model::{Order, Setting, Ticket},
    refusal::{found, refused_as},
    registry::{Outcome, cases},
};

cases![
    a_create_that_is_sent_twice_overwrites_nothing,
    a_lost_update_of_an_absent_item_leaves_no_ghost,
    unprocessed_keys_are_asked_for_again,
    a_thousand_keys_go_out_in_hundreds,
    a_delete_of_all_that_an_index_lists_reaches_every_page,
    conditions_made_on_several_threads_do_not_share_names,
    a_condition_that_cannot_be_written_stops_every_verb,
    a_condition_on_what_is_no_key_reads_one_partition,
    a_limit_counts_matches_on_pages_of_one_item,
];

async fn a_create_that_is_sent_twice_overwrites_nothing(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let first = Setting::new("theme", "dark");
    db.create(&first).await?;
    let (db, faults) = Faults::under(db);
    let resent = faults.on(Operation::PutItem).inject(Fault::SentTwice);

    let kind = refused_as(db.create(&Setting::new("theme", "light")).await);

    assert_eq!((kind, resent.count()), (ErrorKind::AlreadyExists, 1));
    assert_eq!(db.get(Setting::key("theme")).await?, Some(first));
    Ok(())
}

async fn a_lost_update_of_an_absent_item_leaves_no_ghost(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let (db, faults) = Faults::under(db);
    let update = || db.update(Ticket::key("q", 1_u32)).set(Ticket::fields().title, "late");

    let lost = faults.on(Operation::UpdateItem).nth(1).inject(Fault::LostAfter);
    let resent = faults.on(Operation::UpdateItem).nth(2).inject(Fault::SentTwice);
    let kinds = [refused_as(update().await), refused_as(update().await)];

    assert_eq!((lost.count(), resent.count()), (1, 1));
    assert_eq!(kinds, [ErrorKind::Timeout, ErrorKind::NotFound]);
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, None);
    Ok(())
}

async fn unprocessed_keys_are_asked_for_again(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in 0..10 {
        db.put(&Ticket::new(number)).await?;
    }
    let (db, faults) = Faults::under(db);
    let left_out = faults.on(Operation::BatchGetItem).times(3).inject(Fault::Unprocessed(3));

    let got = db.batch_get((0..11_u32).map(|number| Ticket::key("q", number))).await?;

    assert_eq!(left_out.count(), 3);
    assert_eq!(got.found, (0..10).map(Ticket::new).collect::<Vec<_>>());
    assert_eq!(got.missing, [Ticket::key("q", 10_u32)]);
    assert!(got.unread.is_empty());
    Ok(())
}

async fn a_thousand_keys_go_out_in_hundreds(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("s-999", "last")).await?;
    let (db, recording) = Recording::under(db);

    let names: Vec<_> = (0..1000).map(|number| format!("s-{number}")).collect();
    let got = db.batch_get(names.iter().map(|name| Setting::key(name.as_str()))).await?;

    assert_eq!(got.found, [Setting::new("s-999", "last")]);
    assert_eq!(got.missing.len(), 999);
    let asked_for: Vec<_> = recording.take().iter().map(|call| key_count(&call.body)).collect();
    assert!(asked_for.iter().all(|keys| (1..=100).contains(keys)), "{asked_for:?}");
    Ok(())
}

/// How many keys a request for a batch holds, of all tables.
fn key_count(body: &[u8]) -> usize {
    let json: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let tables = json["RequestItems"].as_object().into_iter().flatten();
    tables.map(|(_, asked)| asked["Keys"].as_array().map_or(0, Vec::len)).sum()
}

async fn a_delete_of_all_that_an_index_lists_reaches_every_page(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    for number in 0..7 {
        db.create(&Order::new(&format!("o-{number}"))).await?;
    }
    let (db, faults) = Faults::under(db);
    let cut_short = faults.on(Operation::Query).inject(Fault::PartialPage(2));

    let mut orders = db.query(Order::by_owner("ann")).stream();
    while let Some(order) = orders.try_next().await? {
        db.delete(&order).await?;
    }

    assert!(cut_short.count() >= 4);
    faults.clear();
    assert_eq!(db.query(Order::by_owner("ann")).count().await?, 0);
    assert_eq!(db.scan::<Order>().page().await?.items, []);
    Ok(())
}

async fn conditions_made_on_several_threads_do_not_share_names(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in 0..10 {
        db.put(&Ticket { is_open: number % 2 == 0, ..Ticket::new(number) }).await?;
    }
    let f = Ticket::fields();

    let made = thread::scope(|scope| {
        let least = scope.spawn(|| f.weight.ge(3));
        let greatest = scope.spawn(|| f.weight.le(7));
        let open = scope.spawn(|| f.is_open.eq(true));
        Some((least.join().ok()?, greatest.join().ok()?, open.join().ok()?))
    });
    let (least, greatest, open) = found(made);
    let within = db.query(Ticket::partition("q")).filter(least.and(greatest).and(open)).take(10).await?;

    let numbers: Vec<_> = within.iter().map(|ticket| ticket.number).collect();
    assert_eq!(numbers, [4, 6]);
    Ok(())
}

async fn a_condition_that_cannot_be_written_stops_every_verb(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let (db, recording) = Recording::under(db);
    let f = Ticket::fields();
    let (key, unwritable) = (|| Ticket::key("q", 1_u32), || f.assignee.lt(None::<String>));

    let kinds = [
        refused_as(db.put(&Ticket::new(1)).only_if(unwritable()).await),
        refused_as(db.update(key()).set(f.weight, 9).only_if(unwritable()).await),
        refused_as(db.delete(key()).only_if(unwritable()).await),
        refused_as(db.query(Ticket::partition("q")).filter(unwritable()).take(1).await),
        refused_as(db.scan::<Ticket>().filter(unwritable()).page().await),
    ];

    assert_eq!(kinds, [ErrorKind::Encode; 5]);
    assert_eq!(recording.count(), 0);
    assert_eq!(db.get(key()).await?, Some(Ticket::new(1)));
    Ok(())
}

async fn a_condition_on_what_is_no_key_reads_one_partition(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for queue in ["a", "b", "c"] {
        for number in 0..4 {
            db.put(&Ticket { queue: queue.into(), ..Ticket::new(number) }).await?;
        }
    }
    let (db, recording) = Recording::under(db);

    let titled = Ticket::fields().title.eq("ticket 1");
    let matches = db.query(Ticket::partition("b")).filter(titled).take(9).await?;

    assert_eq!((matches.scanned, matches.matched), (4, 1));
    assert!(recording.take_operations().iter().all(|operation| *operation == Operation::Query));
    Ok(())
}

async fn a_limit_counts_matches_on_pages_of_one_item(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in 0..10 {
        db.put(&Ticket::new(number)).await?;
    }
    let (db, faults) = Faults::under(db);
    faults.on(Operation::Query).inject(Fault::PartialPage(1));
    let heavy = || db.query(Ticket::partition("q")).filter(Ticket::fields().weight.ge(5));

    let some = heavy().take(3).await?;
    let all = heavy().take(100).await?;

    assert_eq!(some.iter().map(|ticket| ticket.number).collect::<Vec<_>>(), [5, 6, 7]);
    assert_eq!((some.ended, all.ended, all.len()), (Ended::Taken, Ended::Exhausted, 5));
    Ok(())
}
