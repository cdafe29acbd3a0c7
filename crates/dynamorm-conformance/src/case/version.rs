//! The optimistic lock: `version` in every write.

use dynamorm::prelude::*;

use crate::{
    model::Account,
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    begins_at_one,
    create_refuses_an_item_that_exists,
    put_of_version_zero_refuses_an_item_that_exists,
    put_counts_on,
    put_refuses_an_item_that_changed_meanwhile,
    put_of_an_item_that_was_deleted_meanwhile_is_refused,
    put_keeps_the_conditions_of_the_caller,
    put_of_version_zero_keeps_the_conditions_of_the_caller,
    update_counts_on,
    update_unchanged_since_writes_an_unchanged_item,
    update_unchanged_since_refuses_an_item_that_changed_meanwhile,
    delete_of_an_item_in_hand_removes_an_unchanged_item,
    delete_of_an_item_in_hand_refuses_one_that_changed_meanwhile,
    delete_by_key_removes_any_version,
    of_two_writers_one_wins,
];

async fn begins_at_one(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;

    let written = db.create(&Account::new("a", 1)).returning_new().await?;

    assert_eq!(written.version, 1);
    assert_eq!(db.get(Account::key("a")).await?, Some(written));
    Ok(())
}

async fn create_refuses_an_item_that_exists(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let written = db.create(&Account::new("a", 1)).returning_new().await?;

    assert_eq!(refused_as(db.create(&written).await), ErrorKind::AlreadyExists);
    Ok(())
}

async fn put_of_version_zero_refuses_an_item_that_exists(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let written = db.create(&Account::new("a", 1)).returning_new().await?;

    let error = refusal(db.put(&Account::new("a", 2)).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Account>()?, Some(written));
    Ok(())
}

async fn put_counts_on(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;

    let first = db.put(&Account::new("a", 1)).returning_new().await?;
    let second = db.put(&first).returning_new().await?;
    db.put(&second).await?;

    assert_eq!((first.version, second.version), (1, 2));
    assert_eq!(found(db.get(Account::key("a")).await?).version, 3);
    Ok(())
}

async fn put_refuses_an_item_that_changed_meanwhile(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    let changed = db.update(Account::key("a")).set(Account::fields().balance, 5).returning_new().await?;

    let error = refusal(db.put(&read).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Account>()?.as_ref(), Some(&changed));
    assert_eq!(db.get(Account::key("a")).await?, Some(changed));
    Ok(())
}

async fn put_of_an_item_that_was_deleted_meanwhile_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    db.delete(Account::key("a")).await?;

    assert_eq!(refused_as(db.put(&read).await), ErrorKind::ConditionFailed);
    assert_eq!(db.get(Account::key("a")).await?, None);
    Ok(())
}

async fn put_keeps_the_conditions_of_the_caller(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    let f = Account::fields();

    let kind = refused_as(db.put(&read).only_if(f.balance.eq(2).or(f.balance.eq(3))).await);

    assert_eq!(kind, ErrorKind::ConditionFailed);
    db.put(&read).only_if(f.balance.eq(2).or(f.balance.eq(1))).await
}

async fn put_of_version_zero_keeps_the_conditions_of_the_caller(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let f = Account::fields();

    let kind = refused_as(db.put(&Account::new("a", 1)).only_if(f.balance.gt(0)).await);

    assert_eq!(kind, ErrorKind::ConditionFailed);
    db.put(&Account::new("a", 1)).only_if(f.note.not_exists()).await
}

async fn update_counts_on(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    db.create(&Account::new("a", 1)).await?;
    let f = Account::fields();

    let set = db.update(Account::key("a")).set(f.balance, 2).returning_new().await?;
    let added = db.update(Account::key("a")).add(f.balance, 2).returning_new().await?;

    assert_eq!((set.version, added.version), (2, 3));
    Ok(())
}

async fn update_unchanged_since_writes_an_unchanged_item(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;

    let new = db
        .update(Account::key("a"))
        .set(Account::fields().balance, 2)
        .unchanged_since(&read)
        .returning_new()
        .await?;

    assert_eq!((new.balance, new.version), (2, 2));
    Ok(())
}

async fn update_unchanged_since_refuses_an_item_that_changed_meanwhile(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let f = Account::fields();
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    db.update(Account::key("a")).set(f.note, "meanwhile").await?;

    let kind = refused_as(db.update(Account::key("a")).set(f.balance, 2).unchanged_since(&read).await);

    assert_eq!(kind, ErrorKind::ConditionFailed);
    assert_eq!(found(db.get(Account::key("a")).await?).balance, 1);
    Ok(())
}

async fn delete_of_an_item_in_hand_removes_an_unchanged_item(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;

    let old = db.delete(&read).await?;

    assert_eq!(old, Some(read));
    assert_eq!(db.get(Account::key("a")).await?, None);
    Ok(())
}

async fn delete_of_an_item_in_hand_refuses_one_that_changed_meanwhile(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    let changed = db.put(&read).returning_new().await?;

    assert_eq!(refused_as(db.delete(&read).await), ErrorKind::ConditionFailed);
    assert_eq!(db.get(Account::key("a")).await?, Some(changed));
    Ok(())
}

async fn delete_by_key_removes_any_version(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    db.put(&read).await?;

    let old = db.delete(Account::key("a")).await?;

    assert_eq!(found(old).version, 2);
    Ok(())
}

async fn of_two_writers_one_wins(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    let read = db.create(&Account::new("a", 1)).returning_new().await?;
    let (mut left, mut right) = (read.clone(), read);
    (left.balance, right.balance) = (10, 20);

    // Both are under way before either is answered.
    let (left, right) =
        (tokio::spawn(db.put(&left).into_future()), tokio::spawn(db.put(&right).into_future()));
    let outcomes = [left.await, right.await].map(|joined| joined.is_ok_and(|outcome| outcome.is_ok()));

    assert!(outcomes[0] != outcomes[1], "{outcomes:?}");
    let stored = found(db.get(Account::key("a")).await?);
    assert_eq!((stored.balance, stored.version), (if outcomes[0] { 10 } else { 20 }, 2));
    Ok(())
}
