//! `ensure_table` of a model with a `ttl`, on a table that is there.

use dynamorm::{prelude::*, verb::TableState};

use crate::{
    refusal::refusal,
    registry::{Outcome, cases},
};

cases![a_table_without_a_ttl_gets_the_models, another_ttl_attribute_is_a_conflict];

/// One table, as three programs take it.
mod tokens {
    use dynamorm::{Model, Timestamp};

    #[derive(Model)]
    #[dynamorm(table = "tokens", key(partition = id))]
    pub(super) struct Lasting {
        pub(super) id: String,
    }

    #[derive(Model)]
    #[dynamorm(table = "tokens", key(partition = id))]
    pub(super) struct Expiring {
        pub(super) id: String,
        #[dynamorm(ttl)]
        pub(super) expires: Option<Timestamp>,
    }

    #[derive(Model)]
    #[dynamorm(table = "tokens", key(partition = id))]
    pub(super) struct Ending {
        pub(super) id: String,
        #[dynamorm(ttl)]
        pub(super) ends: Option<Timestamp>,
    }
}

async fn a_table_without_a_ttl_gets_the_models(db: Db) -> Outcome {
    db.ensure_table::<tokens::Lasting>().await?;

    let state = db.ensure_table::<tokens::Expiring>().await?;

    // Seen by the model that now meets the attribute of another.
    let error = refusal(db.ensure_table::<tokens::Ending>().await);
    assert_eq!((state, error.kind()), (TableState::Existed, ErrorKind::TableConflict));
    Ok(())
}

async fn another_ttl_attribute_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<tokens::Expiring>().await?;

    let error = refusal(db.ensure_table::<tokens::Ending>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert_eq!(db.ensure_table::<tokens::Expiring>().await?, TableState::Existed);
    Ok(())
}
