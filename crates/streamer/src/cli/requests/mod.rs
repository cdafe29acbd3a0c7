//! `streamer requests`: submits requests, looks into them, and ends them.

mod describe;
mod list;
mod one;
mod sight;
mod stats;
mod submit;
mod watch;
mod which;

use clap::Subcommand;

use super::{global::Global, output::Output};
use crate::{
    database::{self, Absent},
    error::Result,
};

/// Submit, list, count, show, watch and end requests.
#[derive(Debug, Subcommand)]
pub(super) enum Requests {
    Submit(submit::Submit),
    List(list::List),
    Stats(stats::Stats),
    Get(one::Get),
    Watch(watch::Watch),
    Cancel(one::Cancel),
    Requeue(one::Requeue),
    Delete(one::Delete),
}

impl Requests {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        match &self {
            Self::Submit(submit) => submit.check()?,
            Self::Watch(watch) => return watch.run(global, output).await,
            _ => {}
        }
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let requests = global.stores_of_queue(db).await?.requests();
        match self {
            Self::Submit(submit) => submit.run(&requests, output).await,
            Self::List(list) => list.run(&requests, output).await,
            Self::Stats(stats) => stats.run(&requests, output).await,
            Self::Watch(_) => unreachable!("it opens the database itself"),
            Self::Get(get) => get.run(&requests, output).await,
            Self::Cancel(cancel) => cancel.run(&requests, output).await,
            Self::Requeue(requeue) => requeue.run(&requests, output).await,
            Self::Delete(delete) => delete.run(&requests, output).await,
        }
    }
}
