//! `batch_write`.

use dynamorm::{limits, prelude::*, testing::TestClock};

use crate::{
    model::{Account, Blob, Order, OrderLine, Session, Setting, Ticket},
    refusal::refused_as,
    registry::{Outcome, cases},
};

cases![
    of_nothing_writes_nothing,
    puts_and_deletes_items_of_several_tables,
    puts_and_deletes_items_of_two_models_in_one_table,
    replaces_an_item_whole,
    deletes_of_an_absent_item_change_nothing,
    deletes_an_item_whatever_its_version,
    of_writes_of_one_item_the_last_one_is_left,
    goes_on_past_twenty_five_writes,
    goes_on_past_sixteen_megabytes,
    keeps_index_keys,
    puts_an_item_over_an_expired_one,
    writes_keys_of_bytes,
    an_item_over_400_kb_is_refused_before_any_is_written,
    a_bad_key_is_refused_before_any_item_is_written,
    names_what_is_unwritten_where_the_table_is_absent,
];

async fn of_nothing_writes_nothing(db: Db) -> Outcome {
    let outcome = db.batch_write().await?;

    assert_eq!((outcome.written, outcome.unwritten.len()), (0, 0));
    Ok(())
}

async fn puts_and_deletes_items_of_several_tables(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Setting::new("old", "x")).await?;
    db.put(&Ticket::new(9)).await?;
    let tickets = [1, 2].map(Ticket::new);
    let setting = Setting::new("theme", "dark");

    let outcome = db
        .batch_write()
        .put_all(&tickets)
        .put(&setting)
        .delete(Setting::key("old"))
        .delete_all([9_u32].map(|number| Ticket::key("q", number)))
        .await?;

    assert_eq!((outcome.written, outcome.unwritten.len()), (5, 0));
    assert_eq!(db.scan::<Setting>().page().await?.items, [setting]);
    assert_eq!(db.query(Ticket::partition("q")).take(9).await?.items, tickets);
    Ok(())
}

async fn puts_and_deletes_items_of_two_models_in_one_table(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let order = Order::new("o-1");
    let lines = [1, 2].map(line);
    db.put(&lines[1]).await?;

    let outcome = db.batch_write().put(&order).put(&lines[0]).delete(OrderLine::key("o-1", 2_u32)).await?;

    assert_eq!(outcome.written, 3);
    assert_eq!(db.get(Order::key("o-1")).consistent().await?, Some(order));
    assert_eq!(db.get(OrderLine::key("o-1", 1_u32)).consistent().await?, Some(line(1)));
    assert_eq!(db.get(OrderLine::key("o-1", 2_u32)).consistent().await?, None);
    Ok(())
}

fn line(line: u32) -> OrderLine {
    OrderLine { order_id: "o-1".into(), line, article: format!("article {line}") }
}

async fn replaces_an_item_whole(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket { assignee: Some("ann".into()), ..Ticket::new(1) }).await?;
    let ticket = Ticket { assignee: None, ..Ticket::new(1) };

    let outcome = db.batch_write().put(&ticket).await?;

    assert_eq!(outcome.written, 1);
    assert_eq!(db.get(Ticket::key("q", 1_u32)).consistent().await?, Some(ticket));
    Ok(())
}

async fn deletes_of_an_absent_item_change_nothing(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let outcome = db.batch_write().delete(Setting::key("none")).await?;

    assert_eq!((outcome.written, outcome.unwritten.len()), (1, 0));
    Ok(())
}

async fn deletes_an_item_whatever_its_version(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    db.create(&Account::new("a", 1)).await?;

    let outcome = db.batch_write().delete(Account::key("a")).await?;

    assert_eq!(outcome.written, 1);
    assert_eq!(db.get(Account::key("a")).consistent().await?, None);
    Ok(())
}

/// DynamoDB refuses a request that names an item twice:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
async fn of_writes_of_one_item_the_last_one_is_left(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("gone", "x")).await?;
    let (light, gone, dark) =
        (Setting::new("theme", "light"), Setting::new("gone", "y"), Setting::new("theme", "dark"));

    let outcome = db
        .batch_write()
        .put(&light)
        .put(&gone)
        .delete_all(["theme", "gone"].map(Setting::key))
        .put(&dark)
        .await?;

    assert_eq!(outcome.written, 2);
    assert_eq!(db.scan::<Setting>().page().await?.items, [dark]);
    Ok(())
}

async fn goes_on_past_twenty_five_writes(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let tickets: Vec<_> = (0..130).map(Ticket::new).collect();

    let put = db.batch_write().put_all(&tickets).await?.written;
    let stored = db.query(Ticket::partition("q")).take(200).await?.items;
    let deleted =
        db.batch_write().delete_all((0..130_u32).map(|number| Ticket::key("q", number))).await?.written;

    assert_eq!((put, deleted), (130, 130));
    assert_eq!(stored, tickets);
    assert_eq!(db.query(Ticket::partition("q")).count().await?, 0);
    Ok(())
}

/// A control character is one byte of an item, and six of the JSON that is sent.
async fn goes_on_past_sixteen_megabytes(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let value = "\u{1}".repeat(390_000);
    let settings: Vec<_> = (0..12).map(|number| Setting::new(&format!("s-{number:02}"), &value)).collect();

    let outcome = db.batch_write().put_all(&settings).await?;

    assert_eq!((outcome.written, outcome.unwritten.len()), (12, 0));
    assert_eq!(db.get(Setting::key("s-11")).consistent().await?.as_ref(), settings.last());
    Ok(())
}

async fn keeps_index_keys(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let orders = ["o-1", "o-2"].map(Order::new);

    let outcome = db.batch_write().put_all(&orders).await?;

    assert_eq!(outcome.written, 2);
    assert_eq!(db.query(Order::by_owner("ann")).take(9).await?.items, orders);
    Ok(())
}

async fn puts_an_item_over_an_expired_one(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    db.create(&Session::new("s-1", &clock)).await?;
    clock.advance(std::time::Duration::from_secs(60));
    let session = Session::new("s-1", &clock);

    let outcome = db.batch_write().put(&session).await?;

    assert_eq!(outcome.written, 1);
    assert_eq!(db.get(Session::key("s-1")).consistent().await?, Some(session));
    Ok(())
}

async fn writes_keys_of_bytes(db: Db) -> Outcome {
    db.ensure_table::<Blob>().await?;
    let blobs = [Blob::new(&[0, 255], &[1]), Blob::new(&[0, 255], &[2])];
    db.put(&blobs[1]).await?;

    let outcome = db.batch_write().put(&blobs[0]).delete(blobs[1].primary_key()).await?;

    assert_eq!(outcome.written, 2);
    assert_eq!(db.scan::<Blob>().page().await?.items, blobs[..1]);
    Ok(())
}

async fn an_item_over_400_kb_is_refused_before_any_is_written(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let settings = [Setting::new("a", "b"), Setting::new("n", &"x".repeat(limits::MAX_ITEM_BYTES))];

    let refused = refused_as(db.batch_write().put_all(&settings).await);

    assert!(matches!(refused, ErrorKind::TooLarge { limit: limits::MAX_ITEM_BYTES, .. }));
    assert_eq!(db.get(Setting::key("a")).consistent().await?, None);
    Ok(())
}

async fn a_bad_key_is_refused_before_any_item_is_written(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("a", "b");

    let refused = refused_as(db.batch_write().put(&setting).delete(Setting::key("")).await);

    assert_eq!(refused, ErrorKind::Validation);
    assert_eq!(db.get(Setting::key("a")).consistent().await?, None);
    Ok(())
}

async fn names_what_is_unwritten_where_the_table_is_absent(db: Db) -> Outcome {
    let outcome = db.batch_write().delete(Setting::key("a")).await?;

    let unwritten: Vec<_> = outcome.unwritten_of::<Setting>().collect();
    assert_eq!((outcome.written, unwritten.len()), (0, 1));
    assert_eq!(*unwritten[0].0, Setting::key("a"));
    assert_eq!(unwritten[0].1.reason.kind(), ErrorKind::TableNotFound);
    assert!(!unwritten[0].1.is_in_doubt());
    Ok(())
}
