//! What is done with one request.

use clap::Args;
use streamer_store::RequestQueue;

use super::{super::output::Output, describe::describe, which::Which};
use crate::error::Result;

/// Show one request; exit code 3 when it is not there.
#[derive(Args, Debug)]
pub(crate) struct Get {
    #[command(flatten)]
    which: Which,
}

/// End a request that is open, and show it; exit code 1 when it has ended otherwise, 3 when it is not there.
///
/// Its worker hears of it with its next heartbeat.
#[derive(Args, Debug)]
pub(crate) struct Cancel {
    #[command(flatten)]
    which: Which,
}

/// Make an ended request due again, and show it; exit code 1 while it is open, 3 when it is not there.
#[derive(Args, Debug)]
pub(crate) struct Requeue {
    #[command(flatten)]
    which: Which,
}

/// Delete a request that has ended, and show what was deleted; exit code 1 while it is open, 3 when it is not there.
#[derive(Args, Debug)]
pub(crate) struct Delete {
    #[command(flatten)]
    which: Which,
}

impl Get {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        show(&self.which, requests, output).await
    }
}

impl Cancel {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        requests.cancel(&self.which.key()).await.map_err(|error| self.which.failed(error))?;
        show(&self.which, requests, output).await
    }
}

impl Requeue {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        requests.requeue(&self.which.key()).await.map_err(|error| self.which.failed(error))?;
        show(&self.which, requests, output).await
    }
}

impl Delete {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        let key = self.which.key();
        let request = requests.get_consistent(&key).await.map_err(|error| self.which.failed(error))?;
        requests.delete(&key).await.map_err(|error| self.which.failed(error))?;
        output.value(&request, |request| format!("Deleted this request:\n{}", describe(request)))
    }
}

async fn show(which: &Which, requests: &RequestQueue, output: &Output) -> Result<()> {
    let request = requests.get_consistent(&which.key()).await.map_err(|error| which.failed(error))?;
    output.value(&request, describe)
}
