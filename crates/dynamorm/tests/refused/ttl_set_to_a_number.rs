use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    #[dynamorm(ttl)]
    ttl: Option<Timestamp>,
}

fn refused(db: Db) {
    let _ = db.update(Order::key("o-1")).set(Order::fields().ttl, 1_700_000_000_u64);
}

fn main() {}
