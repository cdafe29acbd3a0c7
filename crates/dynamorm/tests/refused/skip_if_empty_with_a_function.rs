use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "orders", key(partition = order_id))]
struct Order {
    order_id: String,
    #[dynamorm(skip_if_empty, default = standard_tags)]
    tags: Vec<String>,
}

fn standard_tags() -> Vec<String> {
    vec!["new".to_owned()]
}

fn main() {}
