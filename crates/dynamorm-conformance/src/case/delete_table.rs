//! `delete_table`.

use dynamorm::prelude::*;

use crate::{
    model::{Setting, Ticket},
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    removes_the_table_and_its_items,
    without_its_name_deletes_nothing,
    deletes_no_other_table,
    of_an_absent_table_is_no_error,
];

async fn removes_the_table_and_its_items(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.create(&Setting::new("theme", "dark")).await?;

    let was_there = db.delete_table::<Setting>(&db.table_name::<Setting>()).await?;

    assert!(was_there);
    assert_eq!(refused_as(db.get(Setting::key("theme")).await), ErrorKind::TableNotFound);
    db.ensure_table::<Setting>().await?;
    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn without_its_name_deletes_nothing(db: Db) -> Outcome {
    let db = db.clone().with_table_prefix(format!("{}.", db.table_name::<Ticket>()));
    db.ensure_table::<Setting>().await?;
    db.create(&Setting::new("theme", "dark")).await?;

    for confirmation in ["", "settings", "SETTINGS", "yes"] {
        let error = refusal(db.delete_table::<Setting>(confirmation).await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    }
    assert!(db.get(Setting::key("theme")).await?.is_some());
    Ok(())
}

async fn deletes_no_other_table(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;

    db.delete_table::<Setting>(&db.table_name::<Setting>()).await?;

    assert_eq!(db.get(Ticket::key("q", 1_u32)).await?, Some(Ticket::new(1)));
    Ok(())
}

async fn of_an_absent_table_is_no_error(db: Db) -> Outcome {
    let was_there = db.delete_table::<Setting>(&db.table_name::<Setting>()).await?;

    assert!(!was_there);
    Ok(())
}
