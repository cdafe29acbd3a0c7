#![deny(unused_must_use)]

mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db, order: Order) {
    let f = Order::fields();
    db.put(&order);
    db.update(Order::key("o-1")).set(f.total, 1_u64);
    db.query(Order::by_owner("ann"));
}

fn main() {}
