use dynamorm::prelude::*;

type Maybe<T> = Option<T>;

#[derive(Model)]
#[dynamorm(
    table = "orders",
    key(partition = order_id),
    index(name = "owner-index", partition("OWNER#{owner}", attribute = "owner_pk")),
)]
struct Order {
    order_id: String,
    owner: Maybe<String>,
}

fn main() {}
