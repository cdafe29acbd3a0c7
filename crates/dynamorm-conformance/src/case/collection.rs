//! Collections: one partition that holds several models, read as one enum.

use dynamorm::{Error, ErrorKind, RawItem, Timestamp, prelude::*, verb::Ended};

use crate::{
    model::{Entry, Fine, ForeignFine, Hold, Keeping, Lenient, Loan, LoanNote, Reader, Stay, Strict, Visit},
    refusal::{found, refusal},
    registry::{Outcome, cases},
};

cases![
    gives_the_items_of_all_models_in_the_order_of_their_sort_keys,
    gives_the_items_of_one_partition_alone,
    reads_backwards_when_descending,
    an_item_of_each_model_goes_to_its_own_variant,
    pages_give_every_item_once,
    take_stops_at_the_limit,
    leaves_out_what_has_expired_of_every_model,
    an_attribute_of_the_ttls_name_that_is_no_number_hides_nothing,
    an_unknown_item_is_an_error_unless_it_is_said_otherwise,
    skips_an_unknown_item_on_request,
    take_goes_on_past_what_is_skipped,
    keeps_an_unknown_item_on_request,
    an_item_whose_key_goes_on_is_of_no_model,
    an_item_that_cannot_be_read_is_an_error_whatever_the_policy,
    a_cursor_of_a_collection_is_refused_by_another_partition,
];

fn reader() -> Reader {
    Reader { reader: "r-1".into(), name: "Ann".into() }
}

fn loan(book: u32) -> Loan {
    Loan { reader: "r-1".into(), book, until: None }
}

fn fine(book: u32) -> Fine {
    Fine { reader: "r-1".into(), book, cents: 50 }
}

/// One reader with loans of books 9 and 10 and a fine, and another reader.
async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Loan>().await?;
    db.put(&reader()).await?;
    db.put(&loan(10)).await?;
    db.put(&fine(7)).await?;
    db.put(&loan(9)).await?;
    db.put(&Reader { reader: "r-2".into(), name: "Bob".into() }).await?;
    db.put(&Loan { reader: "r-2".into(), ..loan(1) }).await
}

fn in_order() -> Vec<Entry> {
    vec![Entry::Fine(fine(7)), Entry::Loan(loan(9)), Entry::Loan(loan(10)), Entry::Reader(reader())]
}

async fn gives_the_items_of_all_models_in_the_order_of_their_sort_keys(db: Db) -> Outcome {
    stored(&db).await?;

    let all = db.query(Entry::in_partition(Reader::partition("r-1"))).stream().collect_up_to(100).await?;

    assert_eq!(all, in_order());
    Ok(())
}

async fn gives_the_items_of_one_partition_alone(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Entry::in_partition(Loan::partition("r-2"))).consistent().page().await?;

    let bob = Reader { reader: "r-2".into(), name: "Bob".into() };
    let loan = Loan { reader: "r-2".into(), ..loan(1) };
    assert_eq!(page.items, [Entry::Loan(loan), Entry::Reader(bob)]);
    Ok(())
}

async fn reads_backwards_when_descending(db: Db) -> Outcome {
    stored(&db).await?;

    let all = db.query(Entry::in_partition(Fine::partition("r-1"))).descending().take(100).await?;

    assert_eq!(all.items, in_order().into_iter().rev().collect::<Vec<_>>());
    Ok(())
}

async fn an_item_of_each_model_goes_to_its_own_variant(db: Db) -> Outcome {
    // Keys that come as near to each other's literals as fields can.
    let ids = ["LOAN", "LOAN#", "FINE#1", "PROFILE", "#", ""];
    db.ensure_table::<Loan>().await?;
    for id in ids {
        db.put(&Reader { reader: id.into(), name: id.into() }).await?;
        db.put(&Loan { reader: id.into(), ..loan(u32::MAX) }).await?;
        db.put(&Fine { reader: id.into(), ..fine(0) }).await?;
    }

    for id in ids {
        let all = db.query(Entry::in_partition(Reader::partition(id))).take(100).await?;

        let fine = Entry::Fine(Fine { reader: id.into(), ..fine(0) });
        let loan = Entry::Loan(Loan { reader: id.into(), ..loan(u32::MAX) });
        let reader = Entry::Reader(Reader { reader: id.into(), name: id.into() });
        assert_eq!(all.items, [fine, loan, reader], "{id}");
    }
    Ok(())
}

async fn pages_give_every_item_once(db: Db) -> Outcome {
    stored(&db).await?;
    let (mut items, mut after) = (Vec::new(), None);

    loop {
        let query = db.query(Entry::in_partition(Reader::partition("r-1"))).page_size(1);
        let page = query.after(after).page().await?;
        assert!(page.items.len() <= 1);
        items.extend(page.items);
        after = page.next;
        if after.is_none() {
            break;
        }
    }

    assert_eq!(items, in_order());
    Ok(())
}

async fn take_stops_at_the_limit(db: Db) -> Outcome {
    stored(&db).await?;

    let two = db.query(Entry::in_partition(Reader::partition("r-1"))).take(2).await?;

    assert_eq!(two.items, in_order()[..2]);
    assert_eq!(two.ended, Ended::Taken);
    Ok(())
}

async fn leaves_out_what_has_expired_of_every_model(db: Db) -> Outcome {
    stored(&db).await?;
    let [past, future] = [1, 4_102_444_800].map(|at| Timestamp::from_unix_seconds(at).unwrap_or_default());
    let hold = |book, until| Hold { reader: "r-1".into(), book, until };
    db.put(&Loan { until: Some(past), ..loan(9) }).await?;
    db.put(&hold(1, past)).await?;
    db.put(&hold(2, future)).await?;
    db.delete(Fine::key("r-1", 7_u32)).await?;
    db.delete(Reader::key("r-1")).await?;

    let stays = db.query(Stay::in_partition(Loan::partition("r-1"))).take(100).await?;
    let count = db.query(Stay::in_partition(Loan::partition("r-1"))).count().await?;

    assert_eq!(*stays, [Stay::Hold(hold(2, future)), Stay::Loan(loan(10))]);
    assert_eq!(count, 2);
    Ok(())
}

async fn an_attribute_of_the_ttls_name_that_is_no_number_hides_nothing(db: Db) -> Outcome {
    db.ensure_table::<Loan>().await?;
    let visit = Visit { reader: "r-1".into(), visit: 1, until: "noon".into() };
    db.put(&visit).await?;

    let stays = db.query(Stay::in_partition(Loan::partition("r-1"))).take(100).await?;

    assert_eq!(*stays, [Stay::Visit(visit)]);
    Ok(())
}

async fn an_unknown_item_is_an_error_unless_it_is_said_otherwise(db: Db) -> Outcome {
    stored(&db).await?;

    let refused = refusal(db.query(Strict::in_partition(Reader::partition("r-1"))).page().await);

    assert_eq!(refused.kind(), ErrorKind::Decode);
    assert_eq!(refused.attribute_path().map(ToString::to_string).as_deref(), Some("Items[0]"));
    Ok(())
}

async fn skips_an_unknown_item_on_request(db: Db) -> Outcome {
    stored(&db).await?;

    let all = db.query(Lenient::in_partition(Reader::partition("r-1"))).stream().collect_up_to(100).await?;

    assert_eq!(all, [Lenient::Loan(loan(9)), Lenient::Loan(loan(10)), Lenient::Reader(reader())]);
    Ok(())
}

async fn take_goes_on_past_what_is_skipped(db: Db) -> Outcome {
    stored(&db).await?;

    let first = db.query(Lenient::in_partition(Reader::partition("r-1"))).take(1).await?;

    assert_eq!(first.items, [Lenient::Loan(loan(9))]);
    Ok(())
}

async fn keeps_an_unknown_item_on_request(db: Db) -> Outcome {
    stored(&db).await?;

    let page = db.query(Keeping::in_partition(Reader::partition("r-1"))).page().await?;

    let (others, known) = page.items.split_at(1);
    let other = found(others.iter().find_map(|entry| match entry {
        Keeping::Other(other) => Some(other),
        Keeping::Loan(_) | Keeping::Reader(_) => None,
    }));
    assert_eq!(other.decode::<Fine>()?, fine(7));
    assert_eq!(other.attribute::<u64>("cents")?, Some(50));
    assert_eq!(other.attribute::<u64>("none")?, None);
    assert_eq!(known, [Keeping::Loan(loan(9)), Keeping::Loan(loan(10)), Keeping::Reader(reader())]);
    Ok(())
}

async fn an_item_whose_key_goes_on_is_of_no_model(db: Db) -> Outcome {
    db.ensure_table::<Loan>().await?;
    db.put(&loan(9)).await?;
    db.put(&LoanNote { reader: "r-1".into(), book: 9, note: 1 }).await?;
    let partition = || Reader::partition("r-1");

    let strict = refusal(db.query(Strict::in_partition(partition())).take(9).await);
    let lenient = db.query(Lenient::in_partition(partition())).take(9).await?;
    let keeping = db.query(Keeping::in_partition(partition())).take(9).await?;

    assert_eq!(strict.kind(), ErrorKind::Decode);
    assert_eq!(*lenient, [Lenient::Loan(loan(9))]);
    assert!(matches!(&*keeping, [Keeping::Loan(_), Keeping::Other(_)]), "{keeping:?}");
    Ok(())
}

/// Collections of fines, by each policy for what is none.
#[derive(Debug, Collection)]
#[dynamorm(unknown = error)]
#[allow(dead_code, reason = "never read")]
enum KnowingStrict {
    Fine(Fine),
}

#[derive(Debug, Collection)]
#[dynamorm(unknown = skip)]
#[allow(dead_code, reason = "never read")]
enum KnowingLenient {
    Fine(Fine),
}

#[derive(Debug, Collection)]
#[allow(dead_code, reason = "never read")]
enum KnowingKeeping {
    Fine(Fine),
    #[dynamorm(raw)]
    Other(RawItem),
}

async fn an_item_that_cannot_be_read_is_an_error_whatever_the_policy(db: Db) -> Outcome {
    stored(&db).await?;
    db.put(&ForeignFine { reader: "r-1".into(), book: 7, cents: "fifty".into() }).await?;

    let partition = || Fine::partition("r-1");

    let refused = [
        refusal(db.query(Entry::in_partition(partition())).page().await),
        refusal(db.query(KnowingStrict::in_partition(partition())).page().await),
        refusal(db.query(KnowingLenient::in_partition(partition())).page().await),
        refusal(db.query(KnowingKeeping::in_partition(partition())).page().await),
    ];

    for error in refused {
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("Items[0].cents"));
        assert!(!error.to_string().contains("fifty"));
    }
    Ok(())
}

async fn a_cursor_of_a_collection_is_refused_by_another_partition(db: Db) -> Outcome {
    stored(&db).await?;
    let page = db.query(Entry::in_partition(Reader::partition("r-1"))).page_size(1).page().await?;

    let other = db.query(Entry::in_partition(Reader::partition("r-2"))).after(page.next).page().await;

    assert_eq!(refusal(other).kind(), ErrorKind::Cursor);
    Ok(())
}
