//! The stores as they are measured: on an engine, through their public interface alone.
//!
//! `cargo bench -p streamer-bench` starts the program of `src/bin` for each value, and the peer's in `peer` beside it.
//!
//! | module | what stands there |
//! |---|---|
//! | [`sample`] | the request that everything is measured with |
//! | [`engine`] | which database |
//! | [`calls`] | what single calls take |
//! | [`lives`] | how many requests a second go from their enqueue to their end |
//! | [`cost`] | what operations cost in requests and capacity units |
//! | [`ended`], [`backlog`] | a table full of ended requests, and what a dequeue costs beside them |

pub mod backlog;
pub mod calls;
pub mod cost;
pub mod ended;
pub mod engine;
pub mod lives;
pub mod sample;
