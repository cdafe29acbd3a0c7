mod shared;

use shared::Order;

fn refused() {
    let _ = Order::by_owner("ann").status().eq("open").order_id().lt("o-2");
}

fn main() {}
