//! Long-running requests over WebSockets: the server and the command line.
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`] | the `streamer` command: one file per subcommand |
//! | [`server`] | `streamer serve`: HTTP, the WebSocket upgrade, one connection's life, shutdown |
//! | [`action`] | what a client can ask for: one file per action |
//! | [`worker`] | carries queued requests out |
//! | `delivery` | what clients hear of the requests that they wait for |
//! | [`builtin`] | the actions that a worker has of its own |
//! | [`handler`] | what carries a request out |
//! | [`database`] | the database: held by a server, reached by everything else |
//! | [`metrics`] | what is counted, for Prometheus |
//! | [`protocol`] | messages in and out, error codes, limits |
//! | [`auth`] | who a client is: tokens, keys, identities |
//! | `reloading`, `small_file` | what is read from small files, and anew when they change |
//! | `signal` | the signals that stop a process |
//! | [`error`] | the one error type and its exit codes |
//!
//! A module uses only those below it in this table.

pub mod action;
pub mod auth;
pub mod builtin;
pub mod cli;
pub mod database;
mod delivery;
pub mod error;
pub mod handler;
pub mod metrics;
pub mod protocol;
mod reloading;
pub mod server;
mod signal;
mod small_file;
pub mod worker;

pub use error::{Error, ErrorKind, Result};
