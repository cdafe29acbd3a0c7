//! The actions that a worker has of its own, to try the service out and to test it.
//!
//! | action | payload | what it does |
//! |---|---|---|
//! | `echo` | any object | answers with it, at once |
//! | `echo_async` | any object | ends with it, by the queue |
//! | `count` | `{"to", "delay_ms"?, "fail_at"?}` | counts, with progress; fails at `fail_at` in every attempt |
//! | `generate_report` | `{"source", "group_by", "sum"}` | groups and sums the rows of a CSV or JSON lines file |

#[cfg(test)]
mod attempt;
mod count;
mod echo;
mod echo_async;
mod generate_report;

use std::path::Path;

pub use count::Count;
pub use echo::Echo;
pub use echo_async::EchoAsync;
pub use generate_report::GenerateReport;

use crate::{error::Result, handler::Handlers};

/// All of them; `generate_report` only where there is a directory for it to read from.
///
/// # Errors
/// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) when `data_dir` is no directory that can be opened.
pub fn handlers(data_dir: Option<&Path>) -> Result<Handlers> {
    let mut handlers = Handlers::new();
    handlers.add(Echo)?;
    handlers.add(EchoAsync)?;
    handlers.add(Count)?;
    if let Some(data_dir) = data_dir {
        handlers.add(GenerateReport::new(data_dir)?)?;
    }
    Ok(handlers)
}
