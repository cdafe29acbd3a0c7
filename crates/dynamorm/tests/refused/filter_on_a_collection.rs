mod shared;

use dynamorm::prelude::*;
use shared::User;

#[derive(Collection)]
enum Entry {
    User(User),
}

fn refused(db: Db) {
    let f = User::fields();
    let _ = db.query(Entry::in_partition(User::partition("ann"))).filter(f.credit.gt(1));
}

fn main() {}
