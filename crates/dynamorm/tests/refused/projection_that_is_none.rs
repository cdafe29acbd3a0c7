mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

fn refused(db: Db) {
    let _ = db.query(Order::by_owner("ann")).project::<u64>();
    let _ = db.get(User::key("ann")).project::<(String, u64)>();
    let _ = db.batch_get([User::key("ann")]).project::<User>();
}

fn main() {}
