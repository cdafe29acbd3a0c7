//! `delete`.

use dynamorm::prelude::*;

use crate::{
    model::{Setting, Ticket},
    refusal::refusal,
    registry::{Outcome, cases},
};

cases![
    removes_the_item_and_gives_it,
    of_an_absent_item_gives_nothing,
    takes_an_item_in_hand,
    removes_if_its_condition_holds,
    refuses_if_its_condition_fails_and_carries_the_stored_item,
    of_an_absent_item_with_a_condition_is_refused,
    leaves_the_other_items_of_the_partition,
    with_a_condition_that_cannot_be_written_removes_nothing,
];

async fn removes_the_item_and_gives_it(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");
    db.put(&setting).await?;

    let old = db.delete(Setting::key("theme")).await?;

    assert_eq!(old, Some(setting));
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn of_an_absent_item_gives_nothing(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    assert_eq!(db.delete(Setting::key("theme")).await?, None);
    Ok(())
}

async fn takes_an_item_in_hand(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");
    db.put(&setting).await?;

    db.delete(&setting).await?;

    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn removes_if_its_condition_holds(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;

    db.delete(Setting::key("theme")).only_if(Setting::fields().value.eq("dark")).await?;

    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn refuses_if_its_condition_fails_and_carries_the_stored_item(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");
    db.put(&setting).await?;

    let error = refusal(db.delete(Setting::key("theme")).only_if(Setting::fields().value.ne("dark")).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Setting>()?.as_ref(), Some(&setting));
    assert_eq!(db.get(Setting::key("theme")).await?, Some(setting));
    Ok(())
}

async fn of_an_absent_item_with_a_condition_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(db.delete(Setting::key("theme")).only_if(Setting::fields().value.eq("dark")).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Setting>()?, None);
    Ok(())
}

async fn leaves_the_other_items_of_the_partition(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    db.put(&Ticket::new(2)).await?;

    db.delete(Ticket::key("q", 1_u32)).await?;

    assert_eq!(db.query(Ticket::partition("q")).take(10).await?.items, [Ticket::new(2)]);
    Ok(())
}

async fn with_a_condition_that_cannot_be_written_removes_nothing(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    let f = Ticket::fields();

    let too_many = db.delete(Ticket::key("q", 1_u32)).only_if(f.weight.one_of(0..101));
    let no_order = db.delete(Ticket::key("q", 1_u32)).only_if(f.assignee.lt(None::<String>));

    assert_eq!(refusal(too_many.await).kind(), ErrorKind::Encode);
    assert_eq!(refusal(no_order.await).kind(), ErrorKind::Encode);
    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(Ticket::new(1)));
    Ok(())
}
