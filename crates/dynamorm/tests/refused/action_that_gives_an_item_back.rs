mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let update = db.update(Order::key("o-1")).set(Order::fields().total, 1_u64).returning_new();
    let _ = db.transact().update(update);
}

fn main() {}
