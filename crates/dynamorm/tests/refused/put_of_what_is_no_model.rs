use dynamorm::prelude::*;

fn refused(db: Db) {
    let _ = db.put(&"text".to_owned());
}

fn main() {}
