//! `scan`.

use dynamorm::{Error, prelude::*};

use crate::{
    model::{Loan, LoanNote, Order, OrderLine, Ticket},
    registry::{Outcome, cases},
};

cases![
    of_an_empty_table_gives_nothing,
    stream_gives_every_item_once,
    pages_give_every_item_once,
    keeps_what_passes_the_filter,
    meets_only_items_of_its_model_in_a_shared_table,
    passes_over_items_whose_keys_go_on,
    says_what_it_read_and_consumed,
];

async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Ticket>().await?;
    for number in 0..10 {
        let mut ticket = Ticket::new(number);
        ticket.queue = format!("q-{}", number % 3);
        db.put(&ticket).await?;
    }
    Ok(())
}

fn numbers(tickets: &[Ticket]) -> Vec<u32> {
    let mut numbers: Vec<_> = tickets.iter().map(|ticket| ticket.number).collect();
    numbers.sort_unstable();
    numbers
}

async fn of_an_empty_table_gives_nothing(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;

    let page = db.scan::<Ticket>().page().await?;

    assert_eq!((page.items.len(), page.next), (0, None));
    Ok(())
}

async fn stream_gives_every_item_once(db: Db) -> Outcome {
    stored(&db).await?;

    let tickets = db.scan::<Ticket>().page_size(3).stream().collect_up_to(100).await?;

    assert_eq!(numbers(&tickets), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    Ok(())
}

async fn pages_give_every_item_once(db: Db) -> Outcome {
    stored(&db).await?;

    let (mut tickets, mut cursor) = (Vec::new(), None);
    for _ in 0..11 {
        let page = db.scan::<Ticket>().page_size(1).after(cursor).page().await?;
        tickets.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }

    assert_eq!(cursor, None);
    assert_eq!(numbers(&tickets), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    Ok(())
}

async fn keeps_what_passes_the_filter(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    let either = f.queue.eq("q-0").or(f.weight.eq(4));
    let tickets = db.scan::<Ticket>().filter(either).page_size(2).stream().collect_up_to(100).await?;

    assert_eq!(numbers(&tickets), [0, 3, 4, 6, 9]);
    Ok(())
}

async fn meets_only_items_of_its_model_in_a_shared_table(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let line = |line| OrderLine { order_id: "o-1".into(), line, article: "pen".into() };
    db.create(&Order::new("o-1")).await?;
    db.create(&line(1)).await?;
    db.create(&line(2)).await?;
    let f = (Order::fields(), OrderLine::fields());

    let orders = db.scan::<Order>().stream().collect_up_to(100).await?;
    let lines = db.scan::<OrderLine>().stream().collect_up_to(100).await?;
    let filtered = db.scan::<Order>().filter(f.0.total.eq(0).or(f.0.total.eq(1))).page().await?;
    let missed = db.scan::<OrderLine>().filter(f.1.line.eq(3_u32).or(f.1.line.eq(2_u32))).page().await?;

    assert_eq!(orders, [Order::new("o-1")]);
    assert_eq!(lines, [line(1), line(2)]);
    assert_eq!(filtered.items, [Order::new("o-1")]);
    assert_eq!(missed.items, [line(2)]);
    Ok(())
}

async fn passes_over_items_whose_keys_go_on(db: Db) -> Outcome {
    db.ensure_table::<Loan>().await?;
    let loan = Loan { reader: "r-1".into(), book: 1, until: None };
    db.put(&loan).await?;
    db.put(&LoanNote { reader: "r-1".into(), book: 1, note: 7 }).await?;

    let loans = db.scan::<Loan>().stream().collect_up_to(9).await?;
    let in_segments = db.scan::<Loan>().segments(2).stream().collect_up_to(9).await?;
    let count = db.scan::<Loan>().count().await?;

    assert_eq!((loans, in_segments, count), (vec![loan.clone()], vec![loan], 1));
    assert_eq!(db.scan::<LoanNote>().count().await?, 1);
    Ok(())
}

async fn says_what_it_read_and_consumed(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.scan::<Ticket>().filter(Ticket::fields().weight.lt(4)).consistent().page().await?;

    assert_eq!((page.scanned, page.matched), (10, 4));
    assert!(page.consumed_capacity.is_some_and(|units| units > 0.0));
    Ok(())
}
