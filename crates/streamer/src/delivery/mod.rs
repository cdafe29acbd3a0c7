//! What clients hear of the requests that they wait for.
//!
//! The request's item is the outbox: what is here is only what was last sent of it to whom. Workers of this process say
//! at once what they wrote; everything else (another process's worker, another server's cancellation, a push that came too
//! early or was lost with a crash) is found by a look at the store every second. Another look finds the subscriptions that
//! something else wrote for a connection of this server, and removes those that are over.

mod awaited;
mod catch_up;
mod complaints;
mod event;
mod hub;
mod outbox;
mod subscriptions;

pub(crate) use event::{Event, told};
pub(crate) use hub::Delivery;
pub(crate) use outbox::Outbox;

/// The most requests that one connection waits for at a time.
pub(crate) const MAX_AWAITED: usize = 10_000;
