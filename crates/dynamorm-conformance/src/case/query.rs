//! `query`: which items, how many, in which order. Sort-key conditions stand in `sort_key.rs`, cursors in `cursor.rs`.

use dynamorm::{Error, prelude::*, verb::Ended};

use crate::{
    model::{Fine, FineNote, KeysOnly, Loan, LoanNote, Narrow, Order, OrderLine, Ticket, Wide},
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    reads_one_partition_in_the_order_of_its_sort_keys,
    reads_backwards_when_descending,
    of_an_empty_partition_gives_nothing,
    reads_its_own_writes_consistently,
    meets_only_items_of_its_model_in_a_shared_partition,
    passes_over_items_whose_keys_go_on,
    passes_over_what_is_of_another_model_and_cannot_be_read,
    of_an_index_passes_over_items_of_other_models,
    take_stops_at_the_limit,
    take_reads_no_more_than_it_gives,
    take_counts_matches_across_pages,
    take_says_that_everything_was_read,
    take_of_nothing_sends_nothing,
    a_filtered_page_may_be_empty_and_not_the_last,
    a_page_counts_what_it_read_and_what_matched,
    pages_give_every_item_once,
    pages_of_equal_sort_keys_give_every_item_once,
    stream_gives_what_pages_give,
    stream_collects_up_to_a_limit,
    count_counts_matches_across_pages,
    says_what_it_consumed,
    a_filter_reaches_the_table_keys_that_an_index_carries,
    a_filter_on_what_the_index_leaves_out_is_refused needs UnprojectedFilterRefused,
];

/// Tickets 0 to 9 in one queue, and one in another.
async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Ticket>().await?;
    for number in [3, 1, 4, 0, 5, 9, 2, 6, 8, 7] {
        db.put(&Ticket::new(number)).await?;
    }
    let mut other = Ticket::new(5);
    other.queue = "other".into();
    db.put(&other).await
}

fn numbers(tickets: &[Ticket]) -> Vec<u32> {
    tickets.iter().map(|ticket| ticket.number).collect()
}

async fn reads_one_partition_in_the_order_of_its_sort_keys(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Ticket::partition("q")).page().await?;

    assert_eq!(numbers(&page.items), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(page.items.iter().all(|ticket| ticket.queue == "q"));
    assert_eq!(page.next, None);
    Ok(())
}

async fn reads_backwards_when_descending(db: Db) -> Outcome {
    stored(&db).await?;

    let newest = db.query(Ticket::partition("q")).descending().take(3).await?;

    assert_eq!(numbers(&newest), [9, 8, 7]);
    Ok(())
}

async fn of_an_empty_partition_gives_nothing(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Ticket::partition("none")).page().await?;

    assert_eq!((page.items.len(), page.next), (0, None));
    Ok(())
}

async fn reads_its_own_writes_consistently(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Ticket::partition("q")).consistent().page().await?;

    assert_eq!(page.items.len(), 10);
    Ok(())
}

async fn meets_only_items_of_its_model_in_a_shared_partition(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let order = Order::new("o-1");
    db.create(&order).await?;
    let line = |line| OrderLine { order_id: "o-1".into(), line, article: "pen".into() };
    db.create(&line(1)).await?;
    db.create(&line(2)).await?;

    assert_eq!(db.query(Order::partition("o-1")).take(10).await?.items, [order]);
    assert_eq!(db.query(OrderLine::partition("o-1")).take(10).await?.items, [line(1), line(2)]);
    Ok(())
}

async fn passes_over_items_whose_keys_go_on(db: Db) -> Outcome {
    db.ensure_table::<Loan>().await?;
    let loan = |book| Loan { reader: "r-1".into(), book, until: None };
    for book in 1..=3 {
        db.put(&loan(book)).await?;
        db.put(&LoanNote { reader: "r-1".into(), book, note: 7 }).await?;
    }
    let query = || db.query(Loan::partition("r-1"));

    let taken = query().take(3).await?;
    let page = query().page_size(2).page().await?;
    let ids = query().project::<LoanBook>().stream().collect_up_to(9).await?;

    assert_eq!(*taken, [loan(1), loan(2), loan(3)]);
    assert_eq!((page.items, page.scanned, page.matched), (vec![loan(1)], 2, 1));
    assert_eq!(ids.iter().map(|loan| loan.book).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(query().count().await?, 3);
    assert_eq!(db.query(LoanNote::partition("r-1")).count().await?, 3);
    Ok(())
}

async fn passes_over_what_is_of_another_model_and_cannot_be_read(db: Db) -> Outcome {
    db.ensure_table::<Fine>().await?;
    let fine = |book| Fine { reader: "r-1".into(), book, cents: 50 };
    db.put(&fine(1)).await?;
    db.put(&FineNote { reader: "r-1".into(), book: 1, note: 7 }).await?;
    db.put(&fine(2)).await?;

    let fines = db.query(Fine::partition("r-1")).take(9).await?;
    let scanned = db.scan::<Fine>().stream().collect_up_to(9).await?;

    assert_eq!(*fines, [fine(1), fine(2)]);
    assert_eq!(scanned, *fines);
    Ok(())
}

async fn of_an_index_passes_over_items_of_other_models(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    for id in ["o-1", "o-3"] {
        db.put(&Order::new(id)).await?;
    }
    // Its sort key differs from an order's, the rest of its keys does not.
    db.put(&Basket { order_id: "o-2".into(), owner: "ann".into(), owner_sk: "S#Open#o-2".into() }).await?;
    let query = || db.query(Order::by_owner("ann"));

    let page = query().page_size(2).page().await?;
    let taken = query().take(2).await?;
    let streamed = query().stream().collect_up_to(9).await?;

    assert_eq!((page.items, page.scanned, page.matched), (vec![Order::new("o-1")], 2, 1));
    assert_eq!(*taken, [Order::new("o-1"), Order::new("o-3")]);
    assert_eq!(streamed, *taken);
    assert_eq!(query().count().await?, 2);
    Ok(())
}

/// A model in the table of orders, which has the attributes that an order's index is keyed by.
#[derive(Debug, Model)]
#[dynamorm(table = "orders", key(partition = "ORDER#{order_id}", sort = "BASKET"))]
struct Basket {
    order_id: String,
    owner: String,
    owner_sk: String,
}

/// A loan's book alone.
#[derive(Debug, Projection)]
#[dynamorm(model = Loan)]
struct LoanBook {
    book: u32,
}

async fn take_stops_at_the_limit(db: Db) -> Outcome {
    stored(&db).await?;

    let matches = db.query(Ticket::partition("q")).take(4).await?;

    assert_eq!(numbers(&matches), [0, 1, 2, 3]);
    assert_eq!(matches.ended, Ended::Taken);
    Ok(())
}

async fn take_reads_no_more_than_it_gives(db: Db) -> Outcome {
    stored(&db).await?;

    let matches = db.query(Ticket::partition("q")).take(4).await?;

    assert_eq!((matches.scanned, matches.matched), (4, 4));
    Ok(())
}

async fn take_counts_matches_across_pages(db: Db) -> Outcome {
    stored(&db).await?;
    let heavy = Ticket::fields().weight.ge(5);

    let matches = db.query(Ticket::partition("q")).filter(heavy).page_size(2).take(3).await?;

    assert_eq!(numbers(&matches), [5, 6, 7]);
    assert_eq!((matches.scanned, matches.matched, matches.ended), (8, 3, Ended::Taken));
    Ok(())
}

async fn take_says_that_everything_was_read(db: Db) -> Outcome {
    stored(&db).await?;
    let heavy = Ticket::fields().weight.ge(5);

    let matches = db.query(Ticket::partition("q")).filter(heavy).page_size(3).take(6).await?;

    assert_eq!(numbers(&matches), [5, 6, 7, 8, 9]);
    assert_eq!((matches.scanned, matches.ended), (10, Ended::Exhausted));
    Ok(())
}

async fn take_of_nothing_sends_nothing(db: Db) -> Outcome {
    // There is no table that a request could go to.
    let matches = db.query(Ticket::partition("q")).take(0).await?;

    assert_eq!((matches.len(), matches.scanned), (0, 0));
    Ok(())
}

async fn a_filtered_page_may_be_empty_and_not_the_last(db: Db) -> Outcome {
    stored(&db).await?;
    let query = db.query(Ticket::partition("q")).filter(Ticket::fields().weight.ge(5)).page_size(4);

    let first = query.clone().page().await?;
    let second = query.after(first.next).page().await?;

    assert_eq!((first.items.len(), first.scanned, first.matched), (0, 4, 0));
    assert_eq!(numbers(&second.items), [5, 6, 7]);
    Ok(())
}

async fn a_page_counts_what_it_read_and_what_matched(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Ticket::partition("q")).filter(Ticket::fields().weight.lt(3)).page().await?;

    assert_eq!((page.scanned, page.matched, page.items.len()), (10, 3, 3));
    Ok(())
}

async fn pages_give_every_item_once(db: Db) -> Outcome {
    stored(&db).await?;

    for page_size in [1, 2, 3, 10, 11] {
        for is_descending in [false, true] {
            let mut query = db.query(Ticket::partition("q")).page_size(page_size);
            let mut expected: Vec<u32> = (0..10).collect();
            if is_descending {
                query = query.descending();
                expected.reverse();
            }
            let (mut found, mut cursor, mut pages) = (Vec::new(), None, 0);
            loop {
                let page = query.clone().after(cursor).page().await?;
                assert!(page.items.len() <= page_size as usize);
                found.extend(numbers(&page.items));
                cursor = page.next;
                pages += 1;
                assert!(pages <= 11, "the pages do not end");
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(found, expected, "pages of {page_size}, descending: {is_descending}");
        }
    }
    Ok(())
}

async fn pages_of_equal_sort_keys_give_every_item_once(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    for number in 0..7 {
        db.create(&Order::new(&format!("o-{number}"))).await?;
    }

    // All were placed at the same instant.
    let orders = db.query(Order::by_region("t-1", "eu")).page_size(2).stream().collect_up_to(100).await?;

    let mut ids: Vec<_> = orders.iter().map(|order| order.order_id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["o-0", "o-1", "o-2", "o-3", "o-4", "o-5", "o-6"]);
    Ok(())
}

async fn stream_gives_what_pages_give(db: Db) -> Outcome {
    stored(&db).await?;
    let light = Ticket::fields().weight.lt(8);

    let query = db.query(Ticket::partition("q")).filter(light).page_size(3).descending();
    let items = query.stream().collect_up_to(100).await?;

    assert_eq!(numbers(&items), [7, 6, 5, 4, 3, 2, 1, 0]);
    Ok(())
}

async fn stream_collects_up_to_a_limit(db: Db) -> Outcome {
    stored(&db).await?;

    let exactly = db.query(Ticket::partition("q")).page_size(3).stream().collect_up_to(10).await?;
    let error = refusal(db.query(Ticket::partition("q")).page_size(3).stream().collect_up_to(9).await);

    assert_eq!(exactly.len(), 10);
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: 9, .. }), "{error:?}");
    Ok(())
}

async fn count_counts_matches_across_pages(db: Db) -> Outcome {
    stored(&db).await?;
    let query = || db.query(Ticket::partition("q")).page_size(3);

    assert_eq!(query().count().await?, 10);
    assert_eq!(query().filter(Ticket::fields().weight.ge(5)).count().await?, 5);
    assert_eq!(db.query(Ticket::partition("none")).count().await?, 0);
    Ok(())
}

async fn says_what_it_consumed(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Ticket::partition("q")).page().await?;
    let matches = db.query(Ticket::partition("q")).page_size(2).take(5).await?;

    assert!(page.consumed_capacity.is_some_and(|units| units > 0.0), "{:?}", page.consumed_capacity);
    assert!(matches.consumed_capacity.is_some_and(|units| units > 0.5), "{:?}", matches.consumed_capacity);
    Ok(())
}

async fn a_filter_reaches_the_table_keys_that_an_index_carries(db: Db) -> Outcome {
    db.ensure_table::<KeysOnly>().await?;
    for id in ["a-1", "a-2", "b-1"] {
        db.put(&KeysOnly { id: id.into(), owner: "o".into(), rank: 1, text: String::new() }).await?;
    }

    let query = db.query(KeysOnly::by_owner("o")).filter(KeysOnly::fields().id.begins_with("a-"));

    assert_eq!(query.count().await?, 2);
    Ok(())
}

async fn a_filter_on_what_the_index_leaves_out_is_refused(db: Db) -> Outcome {
    // A program whose model says that the index carries everything, on a table where it does not.
    db.ensure_table::<Narrow>().await?;
    let f = Wide::fields();

    let query = db.query(Wide::by_owner("ann")).filter(f.left_out.eq("x")).count();

    assert_eq!(refused_as(query.await), ErrorKind::Validation);
    Ok(())
}
