mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.update(Order::key("o-1")).remove(f.pair.at(0));
}

fn main() {}
