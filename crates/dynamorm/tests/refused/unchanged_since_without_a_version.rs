mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db, order: Order) {
    let _ = db.update(order.primary_key()).unchanged_since(&order);
}

fn main() {}
