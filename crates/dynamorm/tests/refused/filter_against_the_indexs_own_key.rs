mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let _ = db.query(Order::by_owner("ann")).filter(f.status.ne(f.owner));
}

fn main() {}
