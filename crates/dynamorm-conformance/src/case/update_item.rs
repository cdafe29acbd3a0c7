//! `update`: whether it writes, and what it gives back. Its actions stand in `update_action.rs`.

use dynamorm::prelude::*;

use crate::{
    model::{Setting, Ticket},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    of_an_absent_item_is_not_found,
    of_an_absent_item_leaves_no_ghost,
    without_actions_finds_what_is_there,
    without_actions_leaves_no_ghost,
    of_an_absent_item_with_a_condition_is_not_found,
    changes_nothing_else,
    returns_the_new_item,
    returns_the_old_item,
    writes_if_its_condition_holds,
    refuses_if_its_condition_fails_and_carries_the_stored_item,
    keeps_all_conditions_it_was_given,
    can_be_built_step_by_step,
    takes_text_that_looks_like_an_injection,
    of_counts_at_once_none_is_lost,
];

async fn of_an_absent_item_is_not_found(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(db.update(Setting::key("theme")).set(Setting::fields().value, "dark").await);

    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.stored::<Setting>()?, None);
    Ok(())
}

async fn of_an_absent_item_leaves_no_ghost(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let f = Ticket::fields();

    refusal(db.update(Ticket::key("q", 1_u32)).set(f.weight, 1).await);
    refusal(db.update(Ticket::key("q", 1_u32)).add(f.weight, 1).await);
    refusal(db.update(Ticket::key("q", 1_u32)).set_if_absent(f.title, "t").returning_new().await);

    assert_eq!(db.query(Ticket::partition("q")).count().await?, 0);
    Ok(())
}

async fn without_actions_finds_what_is_there(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");
    db.put(&setting).await?;

    let new = db.update(Setting::key("theme")).returning_new().await?;

    assert_eq!(new, setting);
    Ok(())
}

async fn without_actions_leaves_no_ghost(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let kind = refused_as(db.update(Setting::key("theme")).await);

    assert_eq!(kind, ErrorKind::NotFound);
    assert_eq!(db.scan::<Setting>().page().await?.items, []);
    Ok(())
}

async fn of_an_absent_item_with_a_condition_is_not_found(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let f = Setting::fields();

    let update = db.update(Setting::key("theme")).set(f.value, "dark").only_if(f.value.not_exists());

    assert_eq!(refused_as(update.await), ErrorKind::NotFound);
    Ok(())
}

async fn changes_nothing_else(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let (mut first, second) = (Ticket::new(1), Ticket::new(2));
    first.assignee = Some("ann".into());
    db.put(&first).await?;
    db.put(&second).await?;

    db.update(Ticket::key("q", 1_u32)).set(Ticket::fields().title, "new").await?;

    first.title = "new".into();
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(first));
    assert_eq!(db.get(Ticket::key("q", 2_u32)).await?, Some(second));
    Ok(())
}

async fn returns_the_new_item(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let new = db.update(Setting::key("theme")).set(Setting::fields().value, "light").returning_new().await?;

    assert_eq!(new, Setting::new("theme", "light"));
    Ok(())
}

async fn returns_the_old_item(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    let old = db.update(Setting::key("theme")).set(Setting::fields().value, "light").returning_old().await?;

    assert_eq!(old, Some(Setting::new("theme", "dark")));
    Ok(())
}

async fn writes_if_its_condition_holds(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let f = Ticket::fields();

    let new =
        db.update(Ticket::key("q", 1_u32)).set(f.weight, 5).only_if(f.weight.lt(5)).returning_new().await?;

    assert_eq!(new.weight, 5);
    Ok(())
}

async fn refuses_if_its_condition_fails_and_carries_the_stored_item(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let ticket = Ticket::new(1);
    db.put(&ticket).await?;
    let f = Ticket::fields();

    let error = refusal(db.update(Ticket::key("q", 1_u32)).set(f.weight, 5).only_if(f.weight.gt(1)).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Ticket>()?.as_ref(), Some(&ticket));
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(ticket));
    Ok(())
}

async fn keeps_all_conditions_it_was_given(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let f = Ticket::fields();
    let update = || db.update(Ticket::key("q", 1_u32)).set(f.title, "new");

    let either = f.weight.eq(1).or(f.weight.eq(2));

    assert_eq!(
        refused_as(update().only_if(either).only_if(f.is_open.eq(false)).await),
        ErrorKind::ConditionFailed
    );
    assert_eq!(
        refused_as(update().only_if(f.is_open.eq(false)).only_if(either).await),
        ErrorKind::ConditionFailed
    );
    update().only_if(either).only_if(f.is_open.eq(true)).await
}

async fn can_be_built_step_by_step(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let f = Ticket::fields();
    let (title, weight) = (Some("new"), None::<i64>);

    let mut update = db.update(Ticket::key("q", 1_u32));
    if let Some(title) = title {
        update = update.set(f.title, title);
    }
    if let Some(weight) = weight {
        update = update.set(f.weight, weight);
    }
    update.await?;

    let ticket = found(db.get(Ticket::key("q", 1_u32)).await?);
    assert_eq!((ticket.title.as_str(), ticket.weight), ("new", 1));
    Ok(())
}

async fn takes_text_that_looks_like_an_injection(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let value = "x -- '; DROP TABLE char(39) #n0 :v0 attribute_exists(pk) \" \\ \u{1}";
    let f = Setting::fields();
    db.create(&Setting::new("theme", value)).await?;

    db.update(Setting::key("theme")).set(f.value, value).only_if(f.value.eq(value)).await?;

    assert_eq!(found(db.get(Setting::key("theme")).await?).value, value);
    Ok(())
}

async fn of_counts_at_once_none_is_lost(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let weight = Ticket::fields().weight;

    let count = || tokio::spawn(db.update(Ticket::key("q", 1_u32)).add(weight, 1).into_future());
    let calls: Vec<_> = (0..20).map(|_| count()).collect();
    for call in calls {
        assert!(call.await.is_ok_and(|outcome| outcome.is_ok()));
    }

    assert_eq!(found(db.get(Ticket::key("q", 1_u32)).await?).weight, 21);
    Ok(())
}
