//! What handles say to the task that owns the socket.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{error::Error, state::State};

/// Where an answer goes.
pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// What a handle wants.
#[derive(Debug)]
pub(crate) enum Command {
    /// Send a message and hand over the data of its answer.
    Call {
        id: String,
        text: Utf8Bytes,
        /// Whether it may be sent again when the connection is lost before the answer.
        is_repeatable: bool,
        reply: Reply<Box<RawValue>>,
    },
    /// Send a message and follow the request that it makes.
    Submit { id: String, text: Utf8Bytes, reply: Reply<watch::Receiver<State>> },
    /// Follow a request.
    Subscribe { request_id: String, reply: Reply<watch::Receiver<State>> },
    /// Somebody who wanted the answer with this id, or the request, is gone.
    Forget { id: String },
    /// Close the connection.
    Close { closed: oneshot::Sender<()> },
}

/// The way to the task. The task ends when every link is gone.
#[derive(Clone)]
pub(crate) struct Link {
    // Unbounded, and yet as long as there are callers: each waits for the answer to the one that it sent.
    commands: mpsc::UnboundedSender<Command>,
    ended: Arc<OnceLock<Error>>,
}

impl Link {
    pub(crate) fn new(commands: mpsc::UnboundedSender<Command>, ended: Arc<OnceLock<Error>>) -> Self {
        Self { commands, ended }
    }

    /// Hands a command over. Where the task has ended nobody answers it, and `ended` says why.
    pub(crate) fn send(&self, command: Command) {
        // The reply's sender is gone with the command, and whoever waits for it is told so.
        let _ = self.commands.send(command);
    }

    /// Why there is no answer any more.
    pub(crate) fn ended(&self) -> Error {
        self.ended.get().cloned().unwrap_or_else(Error::closed)
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("ended", &self.ended.get()).finish_non_exhaustive()
    }
}

/// Tells the task, when it is dropped, that somebody no longer waits for what has this id.
#[derive(Clone, Debug)]
pub(crate) struct Forget {
    id: String,
    link: Link,
}

impl Forget {
    pub(crate) fn new(id: impl Into<String>, link: Link) -> Self {
        Self { id: id.into(), link }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.link
    }
}

impl Drop for Forget {
    fn drop(&mut self) {
        self.link.send(Command::Forget { id: std::mem::take(&mut self.id) });
    }
}
