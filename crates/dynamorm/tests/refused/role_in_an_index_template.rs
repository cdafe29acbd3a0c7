use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "owner-index", partition = owner, sort("{updated_at}#{version}#{ttl}", attribute = "owner_sk")),
)]
struct Order {
    order_id: String,
    owner: String,
    #[dynamorm(updated_at)]
    updated_at: Timestamp,
    #[dynamorm(version)]
    version: u64,
    #[dynamorm(ttl)]
    ttl: Timestamp,
}

fn main() {}
