mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.update(Order::key("o-1")).set(f.total, User::fields().credit);
}

fn main() {}
