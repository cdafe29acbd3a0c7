mod shared;

use dynamorm::Collection;
use shared::User;

#[derive(Collection)]
enum Entry {
    User(#[dynamorm(raw)] User),
    Nothing(),
}

fn main() {}
