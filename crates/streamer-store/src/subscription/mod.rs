//! Subscriptions: which connection hears of which request.

mod enqueue;
mod event_type;
mod list;
mod model;
mod store;

pub use event_type::EventType;
pub use list::SubscriptionList;
pub use model::{SUBSCRIPTION_TIME_TO_LIVE, Subscription};
pub use store::{SubscriptionStore, UnsubscribeFailure, Unsubscribed};
