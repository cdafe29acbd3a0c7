//! `transact`. Its tokens stand in `transaction_token.rs`.

use std::time::Duration;

use dynamorm::{limits::MAX_TRANSACTION_ACTIONS, prelude::*, testing::TestClock};

use crate::{
    model::{Account, Collections, Order, Session, Setting, Status, Ticket},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    writes_items_of_several_models_at_once,
    writes_nothing_if_one_condition_fails,
    names_the_action_whose_condition_failed_wherever_it_stands,
    names_every_action_whose_condition_failed_by_its_label,
    calls_an_action_without_a_label_by_its_verb_and_number,
    gives_the_stored_item_of_each_failed_action,
    of_a_create_that_meets_an_item_is_refused_as_existing,
    of_an_update_of_an_absent_item_is_not_found,
    of_an_update_without_actions_asks_for_the_item_alone,
    of_a_check_of_an_absent_item_fails_its_condition,
    keeps_the_conditions_of_the_builders_it_is_given,
    counts_an_expired_item_as_absent,
    keeps_versions_and_stamps,
    refuses_a_version_that_was_changed_since,
    keeps_index_keys_true,
    refuses_two_actions_on_one_item_and_names_both,
    takes_a_hundred_actions,
    refuses_no_action_and_more_than_a_hundred,
    refuses_more_than_four_megabytes,
    refuses_what_an_action_alone_is_refused_for,
    names_the_action_that_is_refused_before,
    writes_nothing_where_an_action_cannot_be_carried_out,
    of_transactions_at_once_none_is_lost,
    refuses_a_label_of_no_action,
    fails_where_a_table_is_absent,
];

async fn writes_items_of_several_models_at_once(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Setting::new("theme", "dark")).await?;
    for number in [1, 2, 3] {
        db.put(&Ticket::new(number)).await?;
    }
    let f = Ticket::fields();

    db.transact()
        .create(&Setting::new("font", "serif"))
        .put(&Ticket { weight: 10, ..Ticket::new(1) })
        .update(db.update(Ticket::key("q", 2_u32)).add(f.weight, 20))
        .delete(Ticket::key("q", 3_u32))
        .check(Setting::key("theme"), Setting::fields().value.eq("dark"))
        .await?;

    assert_eq!(found(db.get(Setting::key("font")).await?).value, "serif");
    let tickets = db.query(Ticket::partition("q")).take(10).await?;
    let weights: Vec<_> = tickets.iter().map(|ticket| (ticket.number, ticket.weight)).collect();
    assert_eq!(weights, [(1, 10), (2, 22)]);
    Ok(())
}

async fn writes_nothing_if_one_condition_fails(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let kind = refused_as(
        db.transact()
            .put(&Setting::new("font", "serif"))
            .check(Setting::key("theme"), Setting::fields().value.eq("light"))
            .await,
    );

    assert_eq!(kind, ErrorKind::ConditionFailed);
    assert_eq!(db.get(Setting::key("font")).await?, None);
    Ok(())
}

async fn names_the_action_whose_condition_failed_wherever_it_stands(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(9)).await?;
    for place in 0..4 {
        let mut transaction = db.transact();
        for position in 0..4 {
            let number = if position == place { 9 } else { position };
            transaction = transaction.create(&Ticket::new(number)).label(format!("label {position}"));
        }

        let error = refusal(transaction.await);

        let failed: Vec<_> =
            error.failed_actions().iter().map(|action| (action.position(), action.kind())).collect();
        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(failed, [(place as usize, ErrorKind::AlreadyExists)]);
        assert!(error.to_string().contains(&format!("`label {place}`")), "{error}");
    }
    Ok(())
}

async fn names_every_action_whose_condition_failed_by_its_label(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let error = refusal(
        db.transact()
            .create(&Setting::new("theme", "light"))
            .label("first")
            .put(&Setting::new("font", "serif"))
            .label("fine")
            .update(db.update(Setting::key("none")))
            .label("last")
            .await,
    );

    let failed: Vec<_> =
        error.failed_actions().iter().map(|action| (action.label(), action.kind())).collect();
    assert_eq!(failed, [("first", ErrorKind::AlreadyExists), ("last", ErrorKind::NotFound)]);
    assert!(error.failed_action("fine").is_none());
    Ok(())
}

async fn calls_an_action_without_a_label_by_its_verb_and_number(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(
        db.transact().put(&Setting::new("font", "serif")).update(db.update(Setting::key("none"))).await,
    );

    assert_eq!(error.failed_actions()[0].label(), "update 2");
    Ok(())
}

async fn gives_the_stored_item_of_each_failed_action(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Setting::new("theme", "dark")).await?;
    db.put(&Ticket::new(1)).await?;

    let error = refusal(
        db.transact()
            .create(&Setting::new("theme", "light"))
            .label("setting")
            .check(Ticket::key("q", 1_u32), Ticket::fields().weight.gt(5))
            .label("ticket")
            .await,
    );

    let (setting, ticket) = (error.failed_action("setting"), error.failed_action("ticket"));
    assert_eq!(found(setting).stored::<Setting>()?, Some(Setting::new("theme", "dark")));
    assert_eq!(found(ticket).stored::<Ticket>()?, Some(Ticket::new(1)));
    assert_eq!(error.stored::<Setting>()?, Some(Setting::new("theme", "dark")));
    Ok(())
}

async fn of_a_create_that_meets_an_item_is_refused_as_existing(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let kind = refused_as(db.transact().create(&Setting::new("theme", "light")).await);

    assert_eq!(kind, ErrorKind::AlreadyExists);
    assert_eq!(found(db.get(Setting::key("theme")).await?).value, "dark");
    Ok(())
}

async fn of_an_update_of_an_absent_item_is_not_found(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let f = Ticket::fields();

    let error = refusal(
        db.transact()
            .update(db.update(Ticket::key("q", 1_u32)).add(f.weight, 1).only_if(f.weight.gt(0)))
            .await,
    );

    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, None);
    Ok(())
}

async fn of_an_update_without_actions_asks_for_the_item_alone(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    db.transact().update(db.update(Setting::key("theme"))).await?;
    let kind = refused_as(db.transact().update(db.update(Setting::key("none"))).await);

    assert_eq!(kind, ErrorKind::NotFound);
    assert_eq!(db.get(Setting::key("none")).await?, None);
    Ok(())
}

async fn of_a_check_of_an_absent_item_fails_its_condition(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let f = Setting::fields();

    let error = refusal(db.transact().check(Setting::key("theme"), f.value.eq("dark")).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Setting>()?, None);
    db.transact().check(Setting::key("theme"), f.value.not_exists()).await?;
    Ok(())
}

async fn keeps_the_conditions_of_the_builders_it_is_given(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let (f, theme) = (Setting::fields(), Setting::new("theme", "dark"));
    db.put(&theme).await?;

    let put = db.put(&theme).only_if(f.value.eq("light"));
    let delete = db.delete(Setting::key("theme")).only_if(f.value.eq("light"));
    let update = db.update(Setting::key("theme")).set(f.value, "blue").only_if(f.value.eq("light"));

    assert_eq!(refused_as(db.transact().action(put).await), ErrorKind::ConditionFailed);
    assert_eq!(refused_as(db.transact().action(delete).await), ErrorKind::ConditionFailed);
    assert_eq!(refused_as(db.transact().action(update).await), ErrorKind::ConditionFailed);
    db.transact().action(db.delete(Setting::key("theme")).only_if(f.value.eq("dark"))).await?;
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn counts_an_expired_item_as_absent(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    for id in ["s-1", "s-2", "s-3"] {
        db.create(&Session::new(id, &clock)).await?;
    }
    clock.advance(Duration::from_secs(60));
    let f = Session::fields();

    let update = refusal(db.transact().update(db.update(Session::key("s-1")).add(f.hits, 1)).await);
    let check = refusal(db.transact().check(Session::key("s-2"), f.user_id.eq("u-1")).await);
    db.transact()
        .create(&Session::new("s-1", &clock))
        .check(Session::key("s-2"), f.user_id.not_exists())
        .await?;

    assert_eq!((update.kind(), update.failed_actions()[0].stored::<Session>()?), (ErrorKind::NotFound, None));
    assert_eq!(
        (check.kind(), check.failed_actions()[0].stored::<Session>()?),
        (ErrorKind::ConditionFailed, None)
    );
    assert_eq!(found(db.get(Session::key("s-1")).await?).hits, 0);
    Ok(())
}

async fn keeps_versions_and_stamps(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Account>().await?;
    db.transact().create(&Account::new("a", 10)).put(&Account::new("b", 20)).await?;
    let born = db.now();
    clock.advance(Duration::from_secs(1));
    let (b, f) = (found(db.get(Account::key("b")).await?), Account::fields());

    db.transact()
        .update(db.update(Account::key("a")).add(f.balance, 1))
        .put(&Account { balance: 21, ..b })
        .await?;

    for id in ["a", "b"] {
        let account = found(db.get(Account::key(id)).await?);
        assert_eq!(
            (account.version, account.created_at, account.updated_at),
            (2, born, Some(db.now())),
            "{id}"
        );
    }
    Ok(())
}

async fn refuses_a_version_that_was_changed_since(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    db.create(&Account::new("a", 10)).await?;
    let (read, f) = (found(db.get(Account::key("a")).await?), Account::fields());
    db.update(Account::key("a")).add(f.balance, 1).await?;

    let put = db.transact().put(&read).await;
    let delete = db.transact().delete(&read).await;
    let update =
        db.transact().update(db.update(Account::key("a")).add(f.balance, 1).unchanged_since(&read)).await;

    for refused in [put, delete, update] {
        let error = refusal(refused);
        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
        assert_eq!(found(error.stored::<Account>()?).version, 2);
    }
    Ok(())
}

async fn keeps_index_keys_true(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.put(&Order::new("o-1")).await?;

    db.transact()
        .update(db.update(Order::key("o-1")).set(Order::fields().status, Status::Shipped))
        .create(&Order::new("o-2"))
        .await?;

    let shipped = db.query(Order::by_owner("ann").status().eq(Status::Shipped)).take(10).await?;
    let open = db.query(Order::by_owner("ann").status().eq(Status::Open)).take(10).await?;
    assert_eq!((shipped[0].order_id.as_str(), open[0].order_id.as_str()), ("o-1", "o-2"));
    Ok(())
}

async fn refuses_two_actions_on_one_item_and_names_both(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(
        db.transact()
            .put(&Setting::new("theme", "dark"))
            .label("write")
            .put(&Setting::new("font", "serif"))
            .check(Setting::key("theme"), Setting::fields().value.eq("dark"))
            .label("look")
            .await,
    );

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    assert!(error.to_string().contains("`write` and `look`"), "{error}");
    assert_eq!(db.get(Setting::key("font")).await?, None);
    Ok(())
}

async fn takes_a_hundred_actions(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let mut transaction = db.transact();
    for number in 1..=100 {
        transaction = transaction.create(&Ticket::new(number));
    }

    transaction.await?;

    assert_eq!(db.query(Ticket::partition("q")).count().await?, 100);
    Ok(())
}

async fn refuses_no_action_and_more_than_a_hundred(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let mut transaction = db.transact();
    for number in 0..=MAX_TRANSACTION_ACTIONS {
        transaction = transaction.create(&Ticket::new(u32::try_from(number).unwrap_or_default()));
    }

    let (none, more) = (refusal(db.transact().await), refusal(transaction.await));

    assert_eq!((none.kind(), none.attempts()), (ErrorKind::Validation, 0));
    assert_eq!((more.kind(), more.attempts()), (ErrorKind::Validation, 0));
    Ok(())
}

async fn refuses_more_than_four_megabytes(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let value = "x".repeat(390_000);
    let transaction = |count: usize| {
        (0..count).fold(db.transact(), |all, number| all.put(&Setting::new(&format!("s-{number}"), &value)))
    };

    let error = refusal(transaction(11).await);

    assert!(matches!(error.kind(), ErrorKind::TooLarge { size, limit: 4_194_304 } if size > 11 * 390_000));
    assert_eq!(error.attempts(), 0);
    transaction(10).await?;
    Ok(())
}

async fn refuses_what_an_action_alone_is_refused_for(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let too_large = Setting::new("big", &"x".repeat(410_000));

    let item = refusal(db.transact().put(&Setting::new("theme", "dark")).put(&too_large).await);
    let key = refusal(db.transact().put(&Setting::new("theme", "dark")).delete(Setting::key("")).await);

    assert!(matches!(item.kind(), ErrorKind::TooLarge { limit: 409_600, .. }));
    assert_eq!((key.kind(), key.attempts()), (ErrorKind::Validation, 0));
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn names_the_action_that_is_refused_before(db: Db) -> Outcome {
    let labelled = refusal(db.transact().put(&Setting::new("", "dark")).label("write").await);
    let unlabelled = refusal(db.transact().put(&Ticket::new(1)).delete(Setting::key("")).await);

    assert!(labelled.to_string().starts_with("action `write`: "), "{labelled}");
    assert!(unlabelled.to_string().starts_with("action `delete 2`: "), "{unlabelled}");
    Ok(())
}

/// A path through an entry that is not there: the engine alone knows.
async fn writes_nothing_where_an_action_cannot_be_carried_out(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Collections>().await?;
    db.put(&Collections::new("c")).await?;
    let first = Collections::fields().lists.entry("none").at(0);

    let error = refusal(
        db.transact()
            .put(&Setting::new("theme", "dark"))
            .update(db.update(Collections::key("c")).set(first, "x"))
            .label("path")
            .await,
    );

    assert_eq!(error.kind(), ErrorKind::Validation);
    // By AWS's documentation the action's reason is a `ValidationError`, as the embedded engine has it; DynamoDB Local
    // refuses the whole request instead, and names no action:
    // <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
    assert!(error.failed_action("path").is_none_or(|action| action.position() == 1));
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn of_transactions_at_once_none_is_lost(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    for number in [1, 2] {
        db.put(&Ticket { weight: 0, ..Ticket::new(number) }).await?;
    }
    let f = Ticket::fields();
    let add = |number: u32, weight: i64| db.update(Ticket::key("q", number)).add(f.weight, weight);

    let transactions: Vec<_> = (0..6)
        .map(|_| tokio::spawn(db.transact().update(add(1, -1)).update(add(2, 1)).into_future()))
        .collect();
    for transaction in transactions {
        assert!(transaction.await.is_ok_and(|outcome| outcome.is_ok()));
    }

    let weights = db.transact_get().get_all([1, 2_u32].map(|number| Ticket::key("q", number))).await?;
    assert_eq!(weights.into_iter().flatten().map(|ticket| ticket.weight).collect::<Vec<_>>(), [-6, 6]);
    Ok(())
}

async fn refuses_a_label_of_no_action(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let kind = refused_as(db.transact().label("early").put(&Setting::new("theme", "dark")).await);

    assert_eq!(kind, ErrorKind::Validation);
    Ok(())
}

async fn fails_where_a_table_is_absent(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let kind = refused_as(db.transact().put(&Setting::new("theme", "dark")).put(&Ticket::new(1)).await);

    assert_eq!(kind, ErrorKind::TableNotFound);
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}
