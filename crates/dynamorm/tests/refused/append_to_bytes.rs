mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.update(Order::key("o-1")).append(f.data, vec![3_u8]);
}

fn main() {}
