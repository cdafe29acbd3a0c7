//! A kit for tests: faults on request, a record of what was sent, a clock and a randomness that the test sets.
//!
//! Nothing here stands in for an engine. The tests of a program that uses the mapper run on a real one (a database in
//! memory is one line, [`Db::memory`](crate::Db::memory)); the kit stands between it and the `Db`, and makes it do what
//! DynamoDB does under load or over a bad network:
//!
//! ```
//! use std::time::Duration;
//!
//! use dynamorm::{
//!     prelude::*,
//!     testing::{Fault, Faults, Recording, TestClock},
//!     transport::Operation,
//! };
//!
//! #[derive(Clone, Debug, PartialEq, Model)]
//! #[dynamorm(table = "jobs", key(partition = id))]
//! struct Job {
//!     id: String,
//!     tries: u32,
//!     #[dynamorm(ttl)]
//!     ends: Option<Timestamp>,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), dynamorm::Error> {
//! let clock = TestClock::new();
//! let (db, faults) = Faults::under(Db::memory()?.with_clock(clock.clone()));
//! let (db, recording) = Recording::under(db);
//! db.ensure_table::<Job>().await?;
//! let job = Job { id: "j-1".into(), tries: 0, ends: db.now().checked_add(Duration::from_secs(60)) };
//!
//! // The engine writes the item, and its answer is lost; the second create meets what the first one wrote.
//! let resent = faults.on(Operation::PutItem).nth(1).inject(Fault::SentTwice);
//! db.create(&job).await?;
//! assert_eq!(resent.count(), 1);
//!
//! // A count whose answer is lost may have been made: it is not repeated.
//! faults.on(Operation::UpdateItem).inject(Fault::LostAfter);
//! let error = db.update(Job::key("j-1")).add(Job::fields().tries, 1).await.unwrap_err();
//! assert_eq!(error.kind(), ErrorKind::Timeout);
//! assert_eq!(db.get(Job::key("j-1")).await?.unwrap().tries, 1);
//!
//! clock.advance(Duration::from_secs(60));
//! assert_eq!(db.get(Job::key("j-1")).await?, None);
//! assert_eq!(recording.take_operations().iter().filter(|sent| **sent == Operation::UpdateItem).count(), 1);
//! # Ok(())
//! # }
//! ```
//!
//! | type | what it does |
//! |---|---|
//! | [`Faults`] | throttles, conflicts, loses answers, leaves work undone, slows down: by rules, the same in every run |
//! | [`Recording`] | keeps what was sent and what came of it, with attempts and capacity |
//! | [`TestClock`] | stands still until it is moved |
//! | [`SeededRandom`] | gives the same bytes in every run |
//!
//! Layers stack: a recording over faults shows what the mapper asks for, one below them what reaches the engine.

mod clock;
mod fault;
mod faults;
mod page;
mod random;
mod recorded_call;
mod recording;
mod refusal;
mod rule;
mod token;
mod unprocessed;

pub use clock::TestClock;
pub use fault::Fault;
pub use faults::Faults;
pub use random::SeededRandom;
pub use recorded_call::{Outcome, RecordedCall};
pub use recording::{OperationTotal, Recording};
pub use rule::{Injected, Rule};
