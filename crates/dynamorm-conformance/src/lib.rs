//! The one suite that every engine of dynamorm passes.
//!
//! A case is one claim about what a user of the mapper sees, checked through the public API on a fresh database. An
//! engine's tests give [`run`] the engine; a test target of its own (`harness = false`) is all that takes:
//!
//! ```no_run
//! use std::{process::ExitCode, sync::Arc};
//!
//! use dynamorm::{Db, transport::Transport};
//! use dynamorm_conformance::{Engine, run};
//!
//! /// What `main` returns: `engine` keeps the tables of all cases, apart by their prefixes.
//! fn suite(engine: Arc<dyn Transport>) -> ExitCode {
//!     run(&[Engine::new("my_engine", move |isolation| {
//!         let db = Db::from_shared(Arc::clone(&engine)).with_table_prefix(isolation.prefix());
//!         async { Ok(db) }
//!     })])
//! }
//! ```
//!
//! | module | what stands there |
//! |---|---|
//! | [`Engine`] | an engine under test and how each case gets a database of its own |
//! | [`run`] | runs every case on every engine, each by its name |
//! | [`provided`] | what a test needs beside the crates, where it is there |
//! | `case` | the claims, one file an operation or a topic |
//! | `model` | the models that the claims are made of |

mod case;
#[cfg(test)]
mod documented;
mod engine;
mod isolation;
mod model;
mod provided;
mod refusal;
mod registry;
mod suite;

pub use engine::Engine;
pub use isolation::Isolation;
pub use provided::provided;
pub use suite::{run, trials};
