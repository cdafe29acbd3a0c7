//! Long-running requests over WebSockets: the server and the command line.
//!
//! | module | what it holds |
//! |---|---|
//! | [`cli`] | the `streamer` command: one file per subcommand |
//! | [`server`] | `streamer serve`: HTTP, the WebSocket upgrade, one connection's life, shutdown |
//! | [`action`] | what a client can ask for: `ping`, `whoami` |
//! | [`database`] | the database: held by a server, reached by everything else |
//! | [`protocol`] | messages in and out, error codes, limits |
//! | [`auth`] | who a client is: tokens, keys, identities |
//! | `reloading`, `small_file` | what is read from small files, and anew when they change |
//! | [`error`] | the one error type and its exit codes |
//!
//! A module uses only those below it in this table.

pub mod action;
pub mod auth;
pub mod cli;
pub mod database;
pub mod error;
pub mod protocol;
mod reloading;
pub mod server;
mod small_file;

pub use error::{Error, ErrorKind, Result};
