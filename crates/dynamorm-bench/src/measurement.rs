//! The one line that a program prints, for `cargo bench` to read.

use serde::{Deserialize, Serialize};

/// What one operation took, over all repetitions in one process.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measurement {
    /// Time, in microseconds an operation.
    Time {
        /// User and system time of the whole process.
        processor: f64,
        /// Time on the wall, divided by the number of operations, however many were in flight.
        wall: f64,
    },
    /// Allocations and reallocations an operation, of the thread that runs it.
    Allocations(f64),
}
