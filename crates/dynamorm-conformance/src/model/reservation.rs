use dynamorm::prelude::*;

/// Items that expire, with an index that is sorted by when they do.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "reservations",
    key(partition = seat),
    index(name = "hall-index", partition = hall, sort = until),
)]
pub(crate) struct Reservation {
    pub(crate) seat: String,
    pub(crate) hall: String,
    #[dynamorm(ttl)]
    pub(crate) until: Timestamp,
}
