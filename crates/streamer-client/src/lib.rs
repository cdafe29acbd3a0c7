//! A typed client of Streamer: submit long-running requests over a WebSocket, follow their progress, get their results.
//!
//! ```no_run
//! use futures_util::StreamExt;
//! use serde::{Deserialize, Serialize};
//! use streamer_client::Client;
//!
//! #[derive(Serialize)]
//! struct Count {
//!     to: u32,
//! }
//!
//! #[derive(Debug, Deserialize)]
//! struct Counted {
//!     count: u32,
//! }
//!
//! # async fn example(token: String) -> streamer_client::Result<()> {
//! let client = Client::builder("ws://127.0.0.1:8080/ws").token(token).connect().await?;
//! let request = client.submit("count", &Count { to: 10 }).await?;
//! let mut progress = request.progress();
//! while let Some(progress) = progress.next().await {
//!     println!("{} %", progress.percentage);
//! }
//! let counted: Counted = request.result().await?;
//! # let _ = counted;
//! # Ok(())
//! # }
//! ```
//!
//! A connection that is lost is made again ([`ClientBuilder::reconnect_within`]): messages whose repetition changes nothing are
//! sent again, and every request is subscribed again and catches up. So progress may skip values but never falls, and each
//! request ends once.
//!
//! | module | what it holds |
//! |---|---|
//! | `builder` | what can be set, and `connect` |
//! | `client` | calls, submissions, subscriptions |
//! | `request`, `interest`, `progress_stream` | a request that is followed, its progress and result |
//! | `driver` | the one task that owns the socket |
//! | `connector`, `address`, `token`, `tls`, `backoff`, `settings` | how a connection is made, and made again |
//! | `exchanges`, `pace` | what is under way, without input and output; how many messages are sent |
//! | `caller`, `link`, `state` | what handles and the task say to each other |
//! | `incoming`, `outgoing`, `progress`, `failure`, `code` | messages of the protocol |
//! | `error` | the one error type |

mod address;
mod backoff;
mod builder;
mod caller;
mod client;
mod code;
mod connector;
mod driver;
mod error;
mod exchanges;
mod failure;
mod incoming;
mod interest;
mod link;
mod outgoing;
mod pace;
mod progress;
mod progress_stream;
mod request;
mod settings;
mod state;
#[cfg(feature = "rustls")]
mod tls;
mod token;

pub use builder::ClientBuilder;
pub use client::Client;
pub use code::Code;
pub use error::{Error, ErrorKind, Result};
pub use failure::Failure;
pub use progress::Progress;
pub use progress_stream::ProgressStream;
pub use request::Request;
pub use token::TokenError;
