mod shared;

use dynamorm::prelude::*;
use shared::{Order, OrderTenantIdAndRegion};

fn refused(db: Db) {
    let _ = db.update(Order::key("o-1")).set_group(OrderTenantIdAndRegion { region: "eu".to_owned() });
}

fn main() {}
