//! `ensure_table` of a model with a `ttl`. That the request is sent is tested where requests are seen.

use dynamorm::{prelude::*, testing::TestClock, verb::TableState};

use crate::{
    model::Session,
    registry::{Outcome, cases},
};

cases![a_table_with_a_ttl_can_be_used_at_once, a_table_with_a_ttl_can_be_ensured_again];

async fn a_table_with_a_ttl_can_be_used_at_once(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    let session = Session::new("s-1", &clock);

    db.ensure_table::<Session>().await?;
    db.create(&session).await?;

    assert_eq!(db.get(Session::key("s-1")).await?, Some(session));
    Ok(())
}

async fn a_table_with_a_ttl_can_be_ensured_again(db: Db) -> Outcome {
    db.ensure_table::<Session>().await?;

    assert_eq!(db.ensure_table::<Session>().await?, TableState::Existed);
    Ok(())
}
