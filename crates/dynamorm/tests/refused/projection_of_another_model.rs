mod shared;

use dynamorm::prelude::*;
use shared::{Order, User};

#[derive(Projection)]
#[dynamorm(model = User)]
struct Credit {
    credit: u64,
}

fn refused(db: Db) {
    let _ = db.query(Order::by_owner("ann")).project::<Credit>();
    let _ = db.get(Order::key("o-1")).project::<Credit>();
    let _ = db.batch_get([Order::key("o-1")]).project::<Credit>();
    let _ = db.scan::<Order>().project::<Credit>();
}

fn main() {}
