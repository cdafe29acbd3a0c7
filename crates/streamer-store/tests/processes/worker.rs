use std::{io::Read as _, process::ExitCode, thread, time::Duration};

use streamer_store::{Claimed, Error, Json, RequestFailure, RequestQueue};

use crate::{
    database::{Database, Opened},
    plan::{LEASE, Plan, WORK},
};

/// The first argument of a process that is a worker; its name and its database follow.
pub(crate) const ROLE: &str = "work";

/// What a worker says once it can work, and before the id of a request that it ended.
pub(crate) const READY: &str = "ready";
pub(crate) const ENDED: &str = "ended ";

const PAUSE: Duration = Duration::from_millis(20);

/// How often an ending is sent until its outcome is known.
const MAX_ATTEMPTS: u32 = 200;

/// Takes what is due and ends it, until this process is killed or the driver is gone.
pub(crate) fn run(arguments: &[String]) -> ExitCode {
    let [name, database @ ..] = arguments else { return ExitCode::FAILURE };
    thread::spawn(|| {
        // Standard input ends with the driver, however that ends.
        let _ = std::io::stdin().read(&mut [0]);
        std::process::exit(0);
    });
    let database = Database::from_arguments(database);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.unwrap().block_on(async {
        let opened = database.open().await;
        println!("{READY}");
        Worker { name: name.clone(), database, opened }.work().await
    })
}

struct Worker {
    name: String,
    database: Database,
    opened: Opened,
}

impl Worker {
    async fn work(mut self) -> ! {
        loop {
            match self.queue().dequeue(2, &self.name, LEASE).await {
                Ok(claimed) => {
                    if claimed.is_empty() {
                        tokio::time::sleep(PAUSE).await;
                    }
                    for held in claimed {
                        self.carry_out(&held).await;
                    }
                }
                Err(_) => self.reopen().await,
            }
        }
    }

    fn queue(&self) -> RequestQueue {
        self.opened.stores.requests()
    }

    /// Where the process that held the file was killed, this one may hold it next.
    async fn reopen(&mut self) {
        tokio::time::sleep(PAUSE).await;
        if !self.opened.is_holder() {
            self.opened = self.database.open().await;
        }
    }

    async fn carry_out(&mut self, held: &Claimed) {
        tokio::time::sleep(WORK / 2).await;
        let _lost_is_met_at_the_end = self.queue().heartbeat(&held.lease, LEASE).await;
        tokio::time::sleep(WORK / 2).await;
        for _ in 0..MAX_ATTEMPTS {
            match self.end(held).await {
                Ok(true) => return println!("{ENDED}{}", held.request.request_id),
                Ok(false) => return,
                Err(error) if error.is_retryable() => self.reopen().await,
                // Another has it by now.
                Err(_) => return,
            }
        }
    }

    /// Says whether the request has ended.
    async fn end(&self, held: &Claimed) -> Result<bool, Error> {
        let queue = self.queue();
        match Plan::of(&held.request) {
            Plan::Fail => queue.fail(&held.lease, self.failure()).await.map(|()| true),
            Plan::CompleteAtSecondTry if held.request.attempt == 1 => {
                queue.retry(held, self.failure(), Some(Duration::ZERO)).await.map(|_| false)
            }
            Plan::Complete | Plan::CompleteAtSecondTry => {
                queue.complete(&held.lease, Json::empty()).await.map(|()| true)
            }
        }
    }

    fn failure(&self) -> RequestFailure {
        RequestFailure::new("PROCESSING_FAILED", self.name.as_str())
    }
}
