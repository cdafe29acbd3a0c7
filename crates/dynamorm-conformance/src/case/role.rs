//! `created_at` and `updated_at`.

use std::time::Duration;

use dynamorm::{Clock as _, prelude::*, testing::TestClock};

use crate::{
    model::Account,
    refusal::found,
    registry::{Outcome, cases},
};

cases![
    create_stamps_both_instants,
    put_leaves_created_at_and_renews_updated_at,
    update_leaves_created_at_and_renews_updated_at,
    an_item_may_bring_its_own_created_at,
];

const MINUTE: Duration = Duration::from_secs(60);

async fn create_stamps_both_instants(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Account>().await?;

    let written = db.create(&Account::new("a", 1)).returning_new().await?;

    assert_eq!((written.created_at, written.updated_at), (clock.now(), Some(clock.now())));
    assert_eq!(db.get(Account::key("a")).await?, Some(written));
    Ok(())
}

async fn put_leaves_created_at_and_renews_updated_at(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Account>().await?;
    let created = db.create(&Account::new("a", 1)).returning_new().await?;

    clock.advance(MINUTE);
    db.put(&created).await?;

    let stored = found(db.get(Account::key("a")).await?);
    assert_eq!((stored.created_at, stored.updated_at), (created.created_at, Some(clock.now())));
    Ok(())
}

async fn update_leaves_created_at_and_renews_updated_at(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Account>().await?;
    let created = db.create(&Account::new("a", 1)).returning_new().await?;

    clock.advance(MINUTE);
    let stored = db.update(Account::key("a")).add(Account::fields().balance, 1).returning_new().await?;

    assert_eq!((stored.created_at, stored.updated_at), (created.created_at, Some(clock.now())));
    Ok(())
}

async fn an_item_may_bring_its_own_created_at(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Account>().await?;
    let mut imported = Account::new("a", 1);
    imported.created_at = clock.now().saturating_sub(MINUTE);

    db.create(&imported).await?;

    assert_eq!(found(db.get(Account::key("a")).await?).created_at, imported.created_at);
    Ok(())
}
