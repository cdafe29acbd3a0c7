mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let _ = db.get(Order::key());
}

fn main() {}
