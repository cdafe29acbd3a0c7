//! `ensure_table`: it tells a table that is not the model's.

use dynamorm::prelude::*;

use crate::{
    model::{
        KeysOnly, Narrow, Order, OrderLine, Pair, Reading, Setting, Ticket, Wide,
        paper::{Bare, Streamed},
    },
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    another_primary_key_is_a_conflict,
    a_missing_sort_key_is_a_conflict,
    another_type_of_key_is_a_conflict,
    a_missing_index_is_a_conflict_that_is_named,
    an_index_more_than_the_model_has_is_none,
    an_index_that_carries_too_little_is_a_conflict,
    a_missing_stream_is_a_conflict needs Streams,
];

async fn another_primary_key_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let other = db.clone().with_table_name::<Pair>(&*db.table_name::<Setting>());

    let error = refusal(other.ensure_table::<Pair>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    Ok(())
}

async fn a_missing_sort_key_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<crate::model::Scalars>().await?;
    let other = db.clone().with_table_name::<KeysOnly>(&*db.table_name::<crate::model::Scalars>());

    let error = refusal(other.ensure_table::<KeysOnly>().await);

    // The primary keys are the same; the index is missing.
    assert_eq!(error.kind(), ErrorKind::TableConflict);
    Ok(())
}

async fn another_type_of_key_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let other = db.clone().with_table_name::<Reading>(&*db.table_name::<Ticket>());

    let error = refusal(other.ensure_table::<Reading>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    Ok(())
}

async fn a_missing_index_is_a_conflict_that_is_named(db: Db) -> Outcome {
    db.ensure_table::<OrderLine>().await?;

    let error = refusal(db.ensure_table::<Order>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert!(error.to_string().contains("`region-index`"), "{error}");
    Ok(())
}

async fn an_index_more_than_the_model_has_is_none(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;

    db.ensure_table::<OrderLine>().await?;

    db.create(&OrderLine { order_id: "o-1".into(), line: 1, article: "pen".into() }).await
}

async fn an_index_that_carries_too_little_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Narrow>().await?;

    assert_eq!(refused_as(db.ensure_table::<Wide>().await), ErrorKind::TableConflict);
    Ok(())
}

async fn a_missing_stream_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    assert_eq!(refused_as(db.ensure_table::<Streamed>().await), ErrorKind::TableConflict);
    Ok(())
}
