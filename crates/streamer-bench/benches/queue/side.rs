//! Whose calls are measured.

use std::{env, path::Path, process::Command};

use streamer_bench::{engine::Engine, sample};

use super::programs::Programs;

/// One column of the tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Peer,
    File,
    OneShard,
    Memory,
    DynamoDbLocal(String),
}

/// What a side's program is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    Calls {
        repetitions: usize,
    },
    Lives {
        lives: usize,
        workers: usize,
    },
    /// Fills the file with requests that have ended.
    Fill {
        count: usize,
    },
    /// Dequeues beside them.
    Dequeues {
        repetitions: usize,
    },
}

impl Side {
    /// Those that there are here: the first is the peer, the second what it is compared with.
    pub(crate) fn all(programs: &Programs) -> Vec<Self> {
        let peer = programs.peer.as_ref().map(|_| Self::Peer);
        let local = env::var("DYNAMORM_DYNAMODB_LOCAL").ok().filter(|address| !address.is_empty());
        let ours =
            [Self::File, Self::OneShard, Self::Memory].into_iter().chain(local.map(Self::DynamoDbLocal));
        peer.into_iter().chain(ours).collect()
    }

    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Peer => "apalis-sqlite, file",
            Self::File => "embedded, file",
            Self::OneShard => "the same, 1 shard",
            Self::Memory => "embedded, memory",
            Self::DynamoDbLocal(_) => "DynamoDB Local",
        }
    }

    /// How much less often than the others it repeats what it is asked for: a call to DynamoDB Local takes milliseconds.
    pub(crate) fn share(&self) -> usize {
        if matches!(self, Self::DynamoDbLocal(_)) { 5 } else { 1 }
    }

    /// The program that does it; `file` is the database where the side has one.
    pub(crate) fn command(&self, programs: &Programs, work: Work, file: &Path) -> Command {
        let (mut command, engine) = match (self, &programs.peer) {
            (Self::Peer, Some(peer)) => (Command::new(peer), file.display().to_string()),
            (side, _) => (Command::new(programs.stores()), side.engine(file).to_string()),
        };
        match work {
            Work::Calls { repetitions } => {
                command.args(["calls", &engine, &(repetitions / self.share()).max(1).to_string()]);
            }
            Work::Lives { lives, workers } => {
                let lives = (lives / self.share()).max(workers);
                command.args(["lives", &engine, &lives.to_string(), &workers.to_string()]);
            }
            Work::Fill { count } => {
                command.arg("fill").arg(file).arg(count.to_string());
            }
            Work::Dequeues { repetitions } => {
                command.arg("dequeues").arg(file).arg(repetitions.to_string());
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
            Self::OneShard => Engine::OneShard(file.to_owned()),
            Self::Memory => Engine::Memory,
            Self::DynamoDbLocal(address) => Engine::DynamoDbLocal(address.clone()),
        }
    }
}
