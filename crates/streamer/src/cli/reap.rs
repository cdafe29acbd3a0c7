//! `streamer reap`: fails the requests whose tries are used up.

use clap::Args;
use serde::Serialize;

use super::{global::Global, output::Output};
use crate::{
    database::{self, Absent},
    error::Result,
};

/// Fail every request that no worker finished and that has no try left; says how many.
///
/// Workers do so on their way: this is for a queue that has none.
#[derive(Args, Debug)]
pub(super) struct Reap {}

/// What it did.
#[derive(Serialize)]
struct Report {
    failed: u64,
}

impl Reap {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let failed = global.stores_of_queue(db).await?.requests().reap().await?;
        output.value(&Report { failed }, |report| format!("failed {} requests\n", report.failed))
    }
}
