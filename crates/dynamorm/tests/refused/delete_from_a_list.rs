mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.update(Order::key("o-1")).delete(f.lines, vec!["x".to_owned()]);
}

fn main() {}
