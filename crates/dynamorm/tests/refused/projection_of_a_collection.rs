mod shared;

use dynamorm::prelude::*;
use shared::User;

#[derive(Projection)]
#[dynamorm(model = User)]
struct Credit {
    credit: u64,
}

#[derive(Collection)]
enum Entry {
    User(User),
}

fn refused(db: Db) {
    let _ = db.query(Entry::in_partition(User::partition("ann"))).project::<Credit>();
}

fn main() {}
