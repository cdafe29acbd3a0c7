//! `ensure_table`: it makes what is missing.

use dynamorm::{prelude::*, verb::TableState};

use crate::{
    model::{Collections, KeysOnly, Order, Reading, Setting},
    refusal::refused_as,
    registry::{Outcome, cases},
};

cases![
    makes_a_table_that_is_absent,
    leaves_a_table_that_is_there,
    makes_every_kind_of_key_and_projection,
    puts_the_prefix_before_the_name,
    takes_the_name_of_a_model_that_was_given_one,
    two_at_once_both_succeed,
    a_name_of_two_characters_is_refused needs NameLengthLimit,
];

async fn makes_a_table_that_is_absent(db: Db) -> Outcome {
    let state = db.ensure_table::<Setting>().await?;

    assert_eq!(state, TableState::Created);
    db.create(&Setting::new("theme", "dark")).await
}

async fn leaves_a_table_that_is_there(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.create(&Setting::new("theme", "dark")).await?;

    let state = db.ensure_table::<Setting>().await?;

    assert_eq!(state, TableState::Existed);
    assert!(db.get(Setting::key("theme")).await?.is_some());
    Ok(())
}

async fn makes_every_kind_of_key_and_projection(db: Db) -> Outcome {
    assert_eq!(db.ensure_table::<Order>().await?, TableState::Created);
    assert_eq!(db.ensure_table::<Reading>().await?, TableState::Created);
    assert_eq!(db.ensure_table::<KeysOnly>().await?, TableState::Created);

    assert_eq!(db.ensure_table::<Order>().await?, TableState::Existed);
    assert_eq!(db.ensure_table::<Reading>().await?, TableState::Existed);
    assert_eq!(db.ensure_table::<KeysOnly>().await?, TableState::Existed);
    let item = KeysOnly { id: "i".into(), owner: "o".into(), rank: 1, text: String::new() };
    db.create(&item).await?;
    assert_eq!(db.query(KeysOnly::by_owner("o").rank().lt(2)).count().await?, 1);
    Ok(())
}

async fn puts_the_prefix_before_the_name(db: Db) -> Outcome {
    let suffix = db.table_name::<Setting>();
    let prefixed = db.clone().with_table_prefix(format!("{suffix}.of-one-"));
    prefixed.ensure_table::<Setting>().await?;

    prefixed.create(&Setting::new("theme", "dark")).await?;

    assert_eq!(&*prefixed.table_name::<Setting>(), format!("{suffix}.of-one-settings"));
    assert_eq!(refused_as(db.get(Setting::key("theme")).await), ErrorKind::TableNotFound);
    Ok(())
}

async fn takes_the_name_of_a_model_that_was_given_one(db: Db) -> Outcome {
    let name = format!("{}.renamed", db.table_name::<Setting>());
    let renamed = db.clone().with_table_name::<Setting>(name.as_str());

    renamed.ensure_table::<Setting>().await?;

    assert!(db.list_tables().await?.contains(&name));
    assert_eq!(renamed.table_name::<Collections>(), db.table_name::<Collections>());
    Ok(())
}

async fn two_at_once_both_succeed(db: Db) -> Outcome {
    let (first, second) =
        (db.ensure_table::<Order>().into_future(), db.ensure_table::<Order>().into_future());
    let (first, second) = (tokio::spawn(first), tokio::spawn(second));

    let states = [first.await, second.await].map(|joined| joined.is_ok_and(|state| state.is_ok()));

    assert_eq!(states, [true, true]);
    db.create(&Order::new("o-1")).await
}

async fn a_name_of_two_characters_is_refused(db: Db) -> Outcome {
    let db = db.with_table_name::<Setting>("ab");

    assert_eq!(refused_as(db.ensure_table::<Setting>().await), ErrorKind::Validation);
    Ok(())
}
