mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.update(Order::key("o-1")).append(f.pair, [1, 2]);
}

fn main() {}
