mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let f = Order::fields();
    let filter = Filter::new().and(f.owner.ne("bob"));
    let _ = db.query(Order::by_owner("ann")).filter(filter);
}

fn main() {}
