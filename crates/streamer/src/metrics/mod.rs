//! What operators see: counters, gauges and histograms in Prometheus's text format.
//!
//! To count sends nothing. What it costs requests to know, how the queue stands, is read when somebody asks,
//! and at most every ten seconds. No label's value comes from a client, an item or an error's text.

mod action_name;
mod attempts;
mod connections;
mod deliveries;
mod engine_calls;
mod handle;
mod messages;
mod queue;
mod queue_reading;
mod register;

pub(crate) use attempts::AttemptOutcome;
pub use handle::Metrics;
pub(crate) use queue_reading::QueueReading;
