//! `transact_get`.

use std::time::Duration;

use dynamorm::{Model, limits::MAX_TRANSACTION_ACTIONS, prelude::*, testing::TestClock};

use crate::{
    model::{Order, OrderLine, Session, Setting, Ticket},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    gives_an_item_of_each_model_or_none,
    of_a_single_key_gives_its_item_alone,
    of_many_keys_gives_each_or_none_in_their_order,
    of_two_models_of_one_table_reads_each_as_its_own,
    reads_a_key_that_is_given_twice_once,
    counts_an_expired_item_as_absent,
    takes_a_hundred_keys_and_refuses_more,
    of_no_keys_reads_nothing,
    refuses_a_bad_key_before_it_reads_any,
    fails_where_a_table_is_absent,
];

async fn gives_an_item_of_each_model_or_none(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Setting::new("theme", "dark")).await?;
    db.put(&Ticket::new(2)).await?;

    let (theme, one, two) = db
        .transact_get()
        .get(Setting::key("theme"))
        .get(Ticket::key("q", 1_u32))
        .get(Ticket::key("q", 2_u32))
        .await?;

    assert_eq!((theme, one, two), (Some(Setting::new("theme", "dark")), None, Some(Ticket::new(2))));
    Ok(())
}

async fn of_a_single_key_gives_its_item_alone(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let theme: Option<Setting> = db.transact_get().get(Setting::key("theme")).await?;

    assert_eq!(found(theme).value, "dark");
    Ok(())
}

async fn of_many_keys_gives_each_or_none_in_their_order(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Setting::new("theme", "dark")).await?;
    for number in [1, 3] {
        db.put(&Ticket::new(number)).await?;
    }

    let keys = [3, 2, 1_u32].map(|number| Ticket::key("q", number));
    let (tickets, theme) = db.transact_get().get_all(keys).get(Setting::key("theme")).await?;

    assert_eq!(tickets, [Some(Ticket::new(3)), None, Some(Ticket::new(1))]);
    assert_eq!(found(theme).value, "dark");
    Ok(())
}

async fn of_two_models_of_one_table_reads_each_as_its_own(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let line = OrderLine { order_id: "o-1".into(), line: 1, article: "pen".into() };
    db.put(&Order::new("o-1")).await?;
    db.put(&line).await?;

    let got = db.transact_get().get(OrderLine::key("o-1", 1_u32)).get(Order::key("o-1")).await?;

    assert_eq!(got, (Some(line), Some(Order::new("o-1"))));
    Ok(())
}

async fn reads_a_key_that_is_given_twice_once(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let (one, all) = db
        .transact_get()
        .get(Setting::key("theme"))
        .get_all(["none", "theme", "none"].map(Setting::key))
        .await?;

    let theme = Some(Setting::new("theme", "dark"));
    assert_eq!((one, all), (theme.clone(), vec![None, theme, None]));
    Ok(())
}

async fn counts_an_expired_item_as_absent(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    db.create(&Session::new("s-1", &clock)).await?;
    clock.advance(Duration::from_secs(60));

    let session = db.transact_get().get(Session::key("s-1")).await?;

    assert_eq!(session, None);
    Ok(())
}

async fn takes_a_hundred_keys_and_refuses_more(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(99)).await?;
    let keys =
        |count: usize| (0..count).map(|number| Ticket::key("q", u32::try_from(number).unwrap_or_default()));

    let got = db.transact_get().get_all(keys(MAX_TRANSACTION_ACTIONS)).await?;
    let more = refusal(db.transact_get().get_all(keys(MAX_TRANSACTION_ACTIONS + 1)).await);

    assert_eq!((got.len(), got.into_iter().flatten().count()), (100, 1));
    assert_eq!((more.kind(), more.attempts()), (ErrorKind::Validation, 0));
    Ok(())
}

async fn of_no_keys_reads_nothing(db: Db) -> Outcome {
    let got = db.transact_get().get_all(Vec::<<Setting as Model>::Key>::new()).await?;

    assert!(got.is_empty());
    Ok(())
}

async fn refuses_a_bad_key_before_it_reads_any(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(db.transact_get().get_all(["theme", ""].map(Setting::key)).await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    Ok(())
}

async fn fails_where_a_table_is_absent(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let got = db.transact_get().get(Setting::key("theme")).get(Ticket::key("q", 1_u32)).await;

    assert_eq!(refused_as(got), ErrorKind::TableNotFound);
    Ok(())
}
