mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db, order: Order) {
    let _ = db.transact().action(db.put(&order).returning_old());
}

fn main() {}
