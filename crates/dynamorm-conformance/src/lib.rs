//! The one suite that every engine of dynamorm passes.
//!
//! A case is one claim about what a user of the mapper sees, checked through the public API on a fresh database. An
//! engine's tests give [`run`] the engine; a test target of its own (`harness = false`) is all that takes:
//!
//! ```no_run
//! use dynamorm::{Db, transport::Transport};
//! use dynamorm_conformance::{Engine, run};
//!
//! # fn connect() -> std::sync::Arc<dyn Transport> { unimplemented!() }
//! fn main() -> std::process::ExitCode {
//!     run(&[Engine::new("my engine", |isolation| async move {
//!         Ok(Db::from_shared(connect()).with_table_prefix(isolation.prefix()))
//!     })])
//! }
//! ```
//!
//! | module | what stands there |
//! |---|---|
//! | [`Engine`] | an engine under test and how each case gets a database of its own |
//! | [`run`] | runs every case on every engine, each by its name |
//! | `case` | the claims, one file an operation or a topic |
//! | `model` | the models that the claims are made of |

mod case;
mod engine;
mod isolation;
mod model;
mod refusal;
mod registry;
mod suite;
mod test_clock;

pub use engine::Engine;
pub use isolation::Isolation;
pub use suite::{run, trials};
pub use test_clock::TestClock;
