//! `list_tables`.

use dynamorm::prelude::*;

use crate::{
    model::{Pair, Setting, Ticket},
    registry::{Outcome, cases},
};

cases![names_every_table_in_order, leaves_out_what_was_deleted, goes_on_past_a_hundred_tables];

async fn names_every_table_in_order(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.ensure_table::<Pair>().await?;
    db.ensure_table::<Setting>().await?;
    let expected = [db.table_name::<Pair>(), db.table_name::<Setting>(), db.table_name::<Ticket>()];

    let mut names = db.list_tables().await?;

    // An engine that cases share has tables of others.
    names.retain(|name| expected.iter().any(|expected| **expected == **name));
    assert_eq!(names, expected.map(|name| name.to_string()));
    Ok(())
}

async fn leaves_out_what_was_deleted(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let name = db.table_name::<Setting>();

    db.delete_table::<Setting>(&name).await?;

    assert!(!db.list_tables().await?.contains(&name.to_string()));
    Ok(())
}

async fn goes_on_past_a_hundred_tables(db: Db) -> Outcome {
    let prefix = db.table_name::<Setting>();
    for number in 0..105 {
        let db = db.clone().with_table_name::<Setting>(format!("{prefix}.{number:03}"));
        db.ensure_table::<Setting>().await?;
    }

    let names = db.list_tables().await?;

    let expected: Vec<_> = (0..105).map(|number| format!("{prefix}.{number:03}")).collect();
    let found: Vec<_> = names.into_iter().filter(|name| name.starts_with(&*prefix)).collect();
    assert_eq!(found, expected);
    Ok(())
}
