mod shared;

use dynamorm::prelude::*;
use shared::Order;

#[derive(Projection)]
#[dynamorm(model = Order)]
struct Note {
    note: Option<String>,
}

fn refused(db: Db) {
    let _ = db.query(Order::by_note("urgent")).project::<Note>().hydrate();
    let _ = db.query(Order::by_note("urgent")).hydrate().project::<Note>();
}

fn main() {}
