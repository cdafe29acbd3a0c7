mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.query(Order::by_owner("ann")).consistent();
}

fn main() {}
