//! `streamer requests`: submits requests, looks into them, and ends them.

mod describe;
mod list;
mod one;
mod submit;
mod which;

use clap::Subcommand;

use super::{global::Global, output::Output};
use crate::{
    database::{self, Absent},
    error::Result,
};

/// Submit, list, show and end requests.
#[derive(Debug, Subcommand)]
pub(super) enum Requests {
    Submit(submit::Submit),
    List(list::List),
    Get(one::Get),
    Cancel(one::Cancel),
    Requeue(one::Requeue),
    Delete(one::Delete),
}

impl Requests {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        if let Self::Submit(submit) = &self {
            submit.check()?;
        }
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let requests = global.stores(db).requests();
        match self {
            Self::Submit(submit) => submit.run(&requests, output).await,
            Self::List(list) => list.run(&requests, output).await,
            Self::Get(get) => get.run(&requests, output).await,
            Self::Cancel(cancel) => cancel.run(&requests, output).await,
            Self::Requeue(requeue) => requeue.run(&requests, output).await,
            Self::Delete(delete) => delete.run(&requests, output).await,
        }
    }
}
