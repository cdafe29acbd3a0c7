//! Whose calls are measured.

use std::{env, path::Path, process::Command};

use streamer_bench::{engine::Engine, sample};

use super::programs::Programs;

/// One column of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Peer,
    File,
    Memory,
    DynamoDbLocal(String),
}

/// What a side's program is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    Calls { repetitions: usize },
    Lives { lives: usize, workers: usize },
}

impl Side {
    /// Those that there are here: the first is the peer, the second what it is compared with.
    pub(crate) fn all(programs: &Programs) -> Vec<Self> {
        let peer = programs.peer.as_ref().map(|_| Self::Peer);
        let local = env::var("DYNAMORM_DYNAMODB_LOCAL").ok().filter(|address| !address.is_empty());
        let ours = [Self::File, Self::Memory].into_iter().chain(local.map(Self::DynamoDbLocal));
        peer.into_iter().chain(ours).collect()
    }

    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Peer => "apalis-sqlite, file",
            Self::File => "embedded, file",
            Self::Memory => "embedded, memory",
            Self::DynamoDbLocal(_) => "DynamoDB Local",
        }
    }

    /// How much less often than the others it repeats what it is asked for: a call to DynamoDB Local takes milliseconds.
    pub(crate) fn share(&self) -> usize {
        if matches!(self, Self::DynamoDbLocal(_)) { 5 } else { 1 }
    }

    /// The program that does it, on an empty database in `folder`.
    pub(crate) fn command(&self, programs: &Programs, work: Work, folder: &Path) -> Command {
        let file = folder.join("queue.db");
        let (mut command, place) = match (self, &programs.peer) {
            (Self::Peer, Some(peer)) => (Command::new(peer), file.display().to_string()),
            (side, _) => (Command::new(programs.stores()), side.engine(&file).to_string()),
        };
        match work {
            Work::Calls { repetitions } => {
                command.args(["calls", &place, &(repetitions / self.share()).max(1).to_string()]);
            }
            Work::Lives { lives, workers } => {
                let lives = (lives / self.share()).max(workers);
                command.args(["lives", &place, &lives.to_string(), &workers.to_string()]);
            }
        }
        if *self == Self::Peer {
            command.args([sample::PAYLOAD, sample::RESULT]);
        }
        command
    }

    fn engine(&self, file: &Path) -> Engine {
        match self {
            Self::Peer | Self::File => Engine::File(file.to_owned()),
            Self::Memory => Engine::Memory,
            Self::DynamoDbLocal(address) => Engine::DynamoDbLocal(address.clone()),
        }
    }
}
