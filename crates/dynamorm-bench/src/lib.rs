//! The two sides of the benchmark, written as users of each would, and what measures them.
//!
//! `cargo bench` starts a program of `src/bin` for each figure: what a process used then is what the operation used.
//!
//! | module | what stands there |
//! |---|---|
//! | [`sample`], [`answer`] | the item, and DynamoDB's answers that hold it |
//! | [`operation`], [`measurement`] | what is measured, and the line that a program prints |
//! | [`latency`] | what single calls take |
//! | [`meter`], [`processor`] | repeats an operation and says what it took |
//! | `sdk`, `mapper` | the requests, the codec and the shortest program of each side |
//! | `embedded` | the mapper on the embedded engine, and that engine's own calls |
//! | `report` | starts programs and shows what they measured; the queue's benchmark uses it too |

pub mod answer;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod latency;
#[cfg(any(feature = "aws-core", feature = "embedded"))]
pub mod mapper;
pub mod measurement;
pub mod meter;
pub mod operation;
pub mod processor;
#[cfg(feature = "report")]
pub mod report;
pub mod sample;
#[cfg(feature = "sdk-core")]
pub mod sdk;
