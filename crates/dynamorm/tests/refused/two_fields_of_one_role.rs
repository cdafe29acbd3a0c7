use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    #[dynamorm(ttl)]
    ttl: Timestamp,
    #[dynamorm(ttl)]
    expiry: Timestamp,
    #[dynamorm(created_at)]
    created_at: Timestamp,
    #[dynamorm(created_at)]
    born_at: Timestamp,
    #[dynamorm(updated_at)]
    updated_at: Timestamp,
    #[dynamorm(updated_at)]
    changed_at: Timestamp,
    #[dynamorm(version)]
    version: u64,
    #[dynamorm(version)]
    revision: u64,
}

fn main() {}
