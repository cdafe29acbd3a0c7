//! `upsert`.

use dynamorm::prelude::*;

use crate::{
    model::{Account, Order, OrderTenantIdAndRegion, Ticket},
    refusal::{found, refused_as},
    registry::{Outcome, cases},
};

cases![
    of_an_absent_item_writes_all_of_it,
    of_a_present_item_changes_only_what_is_set,
    of_a_present_item_without_actions_changes_nothing,
    adds_to_a_present_item_alone,
    keeps_the_version_and_created_at,
    keeps_index_keys_true,
    holds_a_present_item_to_its_condition,
];

async fn of_an_absent_item_writes_all_of_it(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let ticket = Ticket::new(1);

    db.upsert(&ticket).set(Ticket::fields().title, "not this").await?;

    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(ticket));
    Ok(())
}

async fn of_a_present_item_changes_only_what_is_set(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let mut stored = Ticket::new(1);
    stored.assignee = Some("ann".into());
    db.put(&stored).await?;

    db.upsert(&Ticket::new(1)).set(Ticket::fields().title, "new").await?;

    stored.title = "new".into();
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(stored));
    Ok(())
}

async fn of_a_present_item_without_actions_changes_nothing(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let stored = Ticket::new(1);
    db.put(&stored).await?;
    let mut other = Ticket::new(1);
    other.title = "other".into();

    db.upsert(&other).await?;

    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(stored));
    Ok(())
}

async fn adds_to_a_present_item_alone(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let mut ticket = Ticket::new(1);
    ticket.weight = 10;

    for _ in 0..3 {
        db.upsert(&ticket).when_present(|update| update.add(Ticket::fields().weight, 1)).await?;
    }

    assert_eq!(found(db.get(Ticket::key("q", 1_u32)).await?).weight, 12);
    Ok(())
}

async fn keeps_the_version_and_created_at(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let account = Account::new("a", 1);

    db.upsert(&account).set(Account::fields().balance, 2).await?;
    let first = found(db.get(Account::key("a")).await?);
    db.upsert(&account).set(Account::fields().balance, 2).await?;
    let second = found(db.get(Account::key("a")).await?);

    assert_eq!((first.balance, first.version), (1, 1));
    assert_eq!((second.balance, second.version, second.created_at), (2, 2, first.created_at));
    Ok(())
}

async fn keeps_index_keys_true(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.put(&Order::new("o-1")).await?;

    let moved = OrderTenantIdAndRegion { tenant_id: "t-2".into(), region: "us".into() };
    db.upsert(&Order::new("o-1")).when_present(|update| update.set_group(moved)).await?;

    assert_eq!(db.query(Order::by_region("t-1", "eu")).count().await?, 0);
    assert_eq!(db.query(Order::by_region("t-2", "us")).count().await?, 1);
    Ok(())
}

async fn holds_a_present_item_to_its_condition(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let f = Ticket::fields();
    let ticket = Ticket::new(1);
    let upsert =
        || db.upsert(&ticket).when_present(|update| update.set(f.title, "new").only_if(f.weight.eq(2)));

    upsert().await?;
    let kind = refused_as(upsert().await);

    assert_eq!(kind, ErrorKind::ConditionFailed);
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(ticket.clone()));
    Ok(())
}
