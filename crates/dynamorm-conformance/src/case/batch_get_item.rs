//! `batch_get` and `batch_get_each`.

use dynamorm::{Model, prelude::*, testing::TestClock};

use crate::{
    model::{Blob, Order, OrderLine, Session, Setting, Ticket},
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    of_no_keys_reads_nothing,
    finds_the_items_in_the_order_of_their_keys,
    names_the_keys_that_have_no_item,
    reads_a_key_that_is_given_twice_once,
    goes_on_past_a_hundred_keys,
    goes_on_past_sixteen_megabytes,
    counts_an_expired_item_as_missing,
    reads_its_own_write_consistently,
    refuses_a_bad_key_before_it_reads_any,
    fails_where_the_table_is_absent,
    each_of_no_lists_reads_nothing,
    each_reads_several_tables,
    each_reads_two_models_of_one_table,
    each_reads_one_table_in_lists_that_are_apart,
    each_goes_on_past_a_hundred_keys,
    each_goes_on_past_sixteen_megabytes,
    each_reads_a_key_that_is_given_twice_once,
    each_counts_an_expired_item_as_missing,
    each_reads_keys_of_bytes_consistently,
    each_refuses_a_key_in_two_lists,
    each_fails_where_a_table_is_absent,
];

async fn of_no_keys_reads_nothing(db: Db) -> Outcome {
    let got = db.batch_get(Vec::<<Setting as Model>::Key>::new()).await?;

    assert!(got.found.is_empty() && got.missing.is_empty() && got.unread.is_empty());
    Ok(())
}

async fn finds_the_items_in_the_order_of_their_keys(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in 1..=3 {
        db.put(&Ticket::new(number)).await?;
    }

    let got = db.batch_get([3, 1, 2_u32].map(|number| Ticket::key("q", number))).await?;

    assert_eq!(got.found, [3, 1, 2].map(Ticket::new));
    assert!(got.missing.is_empty() && got.unread.is_empty());
    Ok(())
}

async fn names_the_keys_that_have_no_item(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(2)).await?;

    let got = db.batch_get([1, 2, 3_u32].map(|number| Ticket::key("q", number))).await?;

    assert_eq!(got.found, [Ticket::new(2)]);
    assert_eq!(got.missing, [1, 3_u32].map(|number| Ticket::key("q", number)));
    Ok(())
}

async fn reads_a_key_that_is_given_twice_once(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let got = db.batch_get(["theme", "none", "theme", "none"].map(Setting::key)).await?;

    assert_eq!(got.found, [Setting::new("theme", "dark")]);
    assert_eq!(got.missing, [Setting::key("none")]);
    Ok(())
}

async fn goes_on_past_a_hundred_keys(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in 0..250 {
        db.put(&Ticket::new(number)).await?;
    }

    let got = db.batch_get((0..251).map(|number| Ticket::key("q", number))).await?;

    assert_eq!(got.found, (0..250).map(Ticket::new).collect::<Vec<_>>());
    assert_eq!(got.missing, [Ticket::key("q", 250_u32)]);
    Ok(())
}

/// An answer holds 16 MB at most; the other keys come back unprocessed:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>.
async fn goes_on_past_sixteen_megabytes(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let value = "x".repeat(390_000);
    let names: Vec<_> = (0..50).map(|number| format!("s-{number:02}")).collect();
    for name in &names {
        db.put(&Setting::new(name, &value)).await?;
    }

    let got = db.batch_get(names.iter().map(|name| Setting::key(name.as_str()))).await?;

    assert_eq!(
        got.found.iter().map(|setting| &setting.name).collect::<Vec<_>>(),
        names.iter().collect::<Vec<_>>()
    );
    assert!(got.missing.is_empty() && got.unread.is_empty());
    Ok(())
}

async fn counts_an_expired_item_as_missing(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    db.create(&Session::new("s-1", &clock)).await?;
    clock.advance(std::time::Duration::from_secs(60));

    let got = db.batch_get([Session::key("s-1")]).await?;

    assert!(got.found.is_empty());
    assert_eq!(got.missing, [Session::key("s-1")]);
    Ok(())
}

async fn reads_its_own_write_consistently(db: Db) -> Outcome {
    db.ensure_table::<Blob>().await?;
    let blob = Blob::new(&[0, 255], &[1]);
    db.put(&blob).await?;

    let got = db.batch_get([blob.primary_key()]).consistent().await?;

    assert_eq!(got.found, [blob]);
    Ok(())
}

async fn refuses_a_bad_key_before_it_reads_any(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    assert_eq!(refused_as(db.batch_get(["theme", ""].map(Setting::key)).await), ErrorKind::Validation);
    Ok(())
}

async fn fails_where_the_table_is_absent(db: Db) -> Outcome {
    assert_eq!(refused_as(db.batch_get([Setting::key("theme")]).await), ErrorKind::TableNotFound);
    Ok(())
}

async fn each_of_no_lists_reads_nothing(db: Db) -> Outcome {
    let () = db.batch_get_each().await?;
    let (tickets,) = db.batch_get_each().keys(Vec::<<Ticket as Model>::Key>::new()).await?;

    assert!(tickets.found.is_empty() && tickets.missing.is_empty() && tickets.unread.is_empty());
    Ok(())
}

async fn each_reads_several_tables(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.ensure_table::<Setting>().await?;
    let (tickets, setting) = ([1, 2].map(Ticket::new), Setting::new("theme", "dark"));
    let _ = db.batch_write().put_all(&tickets).put(&setting).await?;

    let (settings, tickets) = db
        .batch_get_each()
        .keys(["theme", "none"].map(Setting::key))
        .keys([2, 3, 1_u32].map(|number| Ticket::key("q", number)))
        .await?;

    assert_eq!((settings.found, settings.missing), (vec![setting], vec![Setting::key("none")]));
    assert_eq!(tickets.missing, [Ticket::key("q", 3_u32)]);
    assert_eq!(tickets.found, [2, 1].map(Ticket::new));
    Ok(())
}

async fn each_reads_two_models_of_one_table(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let (order, line) =
        (Order::new("o-1"), OrderLine { order_id: "o-1".into(), line: 1, article: "hat".into() });
    let _ = db.batch_write().put(&order).put(&line).await?;

    let (orders, lines) = db
        .batch_get_each()
        .keys(["o-0", "o-1"].map(Order::key))
        .keys([1, 2_u32].map(|line| OrderLine::key("o-1", line)))
        .await?;

    assert_eq!((orders.found, orders.missing), (vec![order], vec![Order::key("o-0")]));
    assert_eq!((lines.found, lines.missing), (vec![line], vec![OrderLine::key("o-1", 2_u32)]));
    Ok(())
}

async fn each_reads_one_table_in_lists_that_are_apart(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.ensure_table::<Setting>().await?;
    let (order, setting) = (Order::new("o-1"), Setting::new("theme", "dark"));
    let line = OrderLine { order_id: "o-1".into(), line: 1, article: "hat".into() };
    let _ = db.batch_write().put(&order).put(&setting).put(&line).await?;

    let (orders, settings, lines) = db
        .batch_get_each()
        .keys([order.primary_key()])
        .keys([setting.primary_key()])
        .keys([line.primary_key()])
        .await?;

    assert_eq!((orders.found, settings.found, lines.found), (vec![order], vec![setting], vec![line]));
    Ok(())
}

async fn each_goes_on_past_a_hundred_keys(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.ensure_table::<Setting>().await?;
    let tickets: Vec<_> = (0..130).map(Ticket::new).collect();
    let settings: Vec<_> = (0..90).map(|number| Setting::new(&format!("s-{number:02}"), "x")).collect();
    let _ = db.batch_write().put_all(&tickets).put_all(&settings).await?;

    let got = db
        .batch_get_each()
        .keys(tickets.iter().map(Model::primary_key))
        .keys(settings.iter().map(Model::primary_key))
        .await?;

    assert_eq!((got.0.found, got.1.found), (tickets, settings));
    Ok(())
}

async fn each_goes_on_past_sixteen_megabytes(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    let value = "x".repeat(390_000);
    let settings: Vec<_> = (0..50).map(|number| Setting::new(&format!("s-{number:02}"), &value)).collect();
    let ticket = Ticket::new(1);
    let _ = db.batch_write().put_all(&settings).put(&ticket).await?;

    let (got, tickets) = db
        .batch_get_each()
        .keys(settings.iter().map(Model::primary_key))
        .keys([ticket.primary_key()])
        .await?;

    assert!(got.missing.is_empty() && got.unread.is_empty());
    assert!(got.found == settings);
    assert_eq!(tickets.found, [ticket]);
    Ok(())
}

async fn each_reads_a_key_that_is_given_twice_once(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let (got,) = db.batch_get_each().keys(["none", "theme", "none", "theme"].map(Setting::key)).await?;

    assert_eq!(got.found, [Setting::new("theme", "dark")]);
    assert_eq!(got.missing, [Setting::key("none")]);
    Ok(())
}

async fn each_counts_an_expired_item_as_missing(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    db.create(&Session::new("s-1", &clock)).await?;
    clock.advance(std::time::Duration::from_secs(60));

    let (got,) = db.batch_get_each().keys([Session::key("s-1")]).await?;

    assert_eq!((got.found, got.missing), (vec![], vec![Session::key("s-1")]));
    Ok(())
}

async fn each_reads_keys_of_bytes_consistently(db: Db) -> Outcome {
    db.ensure_table::<Blob>().await?;
    let blob = Blob::new(&[0, 255], &[1]);
    db.put(&blob).await?;

    let (got,) = db.batch_get_each().keys([blob.primary_key()]).consistent().await?;

    assert_eq!(got.found, [blob]);
    Ok(())
}

async fn each_refuses_a_key_in_two_lists(db: Db) -> Outcome {
    let twice =
        db.batch_get_each().keys([Setting::key("theme")]).keys(["x", "theme"].map(Setting::key)).await;

    let error = refusal(twice);
    assert_eq!((error.kind(), error.table()), (ErrorKind::Validation, Some(&*db.table_name::<Setting>())));
    assert!(!error.to_string().contains("theme"));
    Ok(())
}

/// One absent table fails a whole request.
async fn each_fails_where_a_table_is_absent(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let absent = db.batch_get_each().keys([Setting::key("x")]).keys([Ticket::key("q", 1_u32)]).await;

    assert_eq!(refused_as(absent), ErrorKind::TableNotFound);
    Ok(())
}
