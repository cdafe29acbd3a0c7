use dynamorm::prelude::*;

async fn refused(db: Db) {
    let _ = db.transact_get().await;
}

fn main() {}
