mod shared;

use dynamorm::prelude::*;
use shared::Order;

fn refused(db: Db) {
    let key = || Order::key("o-1");
    let four = db.transact_get().get(key()).get(key()).get(key()).get(key());
    let eight = four.get(key()).get(key()).get(key()).get(key());
    let _ = eight.get(key());
}

fn main() {}
