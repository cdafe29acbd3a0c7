//! The request queue: what is to be done, by whom, and what came of it.

mod attempt;
mod cancellation;
mod claim;
mod dequeue;
mod ending;
mod failure;
mod held;
mod json;
mod key;
mod lease;
mod list;
mod model;
mod priority;
mod queue;
mod reap;
mod shard;
mod stats;
mod status;
mod status_list;
mod status_merge;
mod submission;

pub use failure::RequestFailure;
pub use held::{Progress, Retried};
pub use json::{Json, NotAnObject};
pub use key::{MAX_REQUEST_ID_CHARACTERS, RequestKey};
pub use lease::{Claimed, DEFAULT_LEASE, Lease};
pub use list::RequestList;
pub use model::AsyncRequest;
pub use priority::Priority;
pub use queue::{ENDED_TIME_TO_LIVE, Enqueued, MAX_CLOCK_SKEW, RequestQueue};
pub(crate) use shard::Shards;
pub use shard::{DEFAULT_SHARDS, MAX_SHARDS};
pub use stats::{QueueStats, ShardStats, StatsReading};
pub use status::RequestStatus;
pub use status_list::{StatusList, StatusPage};
pub use submission::{DEFAULT_MAX_RETRIES, Submission};
