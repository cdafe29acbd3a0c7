mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db, order: Order) {
    let f = Order::fields();
    let _ = db.update(order.primary_key()).rekey(&order).set(f.order_id, "o-2");
}

fn main() {}
