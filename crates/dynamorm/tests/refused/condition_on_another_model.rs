mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

fn refused(db: Db) {
    let _ = db.update(Order::key("o-1")).only_if(User::fields().name.eq("ann"));
}

fn main() {}
