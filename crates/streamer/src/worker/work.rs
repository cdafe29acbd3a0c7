//! The worker's loop.

use std::{sync::Arc, time::Duration};

use streamer_store::{Claimed, RequestQueue};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{
    options::{MIN_POLL_INTERVAL, WorkerOptions},
    runtime::{Runtime, TokioRuntime, spread},
    shared::Shared,
    wake::Wake,
};
use crate::{delivery::Delivery, error::Result, handler::Handlers, metrics::Metrics};

/// The longest pause while the store does not answer.
const MAX_FAILURE_PAUSE: Duration = Duration::from_secs(30);

/// How many requests are claimed together at most: while they are, none of them is worked on.
const MAX_CLAIMED_TOGETHER: usize = 16;

/// How long what is held has to be given back, once the grace is over.
const RELEASE_TIME: Duration = Duration::from_secs(5);

/// Claims what is due and carries it out, until it is told to stop.
#[derive(Debug)]
pub struct Worker {
    shared: Shared,
    options: WorkerOptions,
}

impl Worker {
    /// A worker of this name, which is its own among all of the queue: a dead one's requests are claimed by others.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) for a lease or a poll interval that is too short.
    pub fn new(
        queue: RequestQueue,
        handlers: Handlers,
        name: impl Into<String>,
        options: WorkerOptions,
    ) -> Result<Self> {
        options.check()?;
        let metrics = Metrics::new(handlers.actions());
        let shared = Shared {
            queue,
            handlers,
            name: name.into(),
            lease: options.lease,
            delivery: None,
            runtime: Arc::new(TokioRuntime),
            wake: Wake::default(),
            metrics,
        };
        Ok(Self { shared, options })
    }

    /// Takes time, tasks and chance from elsewhere.
    #[must_use]
    pub fn with_runtime(mut self, runtime: Arc<dyn Runtime>) -> Self {
        self.shared.runtime = runtime;
        self
    }

    /// Says what it writes to the clients of its own process at once.
    pub(crate) fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.shared.delivery = Some(delivery);
        self
    }

    /// Counts what it does in `metrics`, together with what others count there. They should know the actions of its handlers.
    #[must_use]
    pub fn with_metrics(mut self, metrics: Metrics) -> Self {
        self.shared.metrics = metrics;
        self
    }

    /// How long it goes on with what it holds once it is to stop.
    pub(crate) fn grace(&self) -> Duration {
        self.options.grace
    }

    /// What other parts of the process tell it by.
    pub fn wake(&self) -> Wake {
        self.shared.wake.clone()
    }

    /// Works until `stop`; then goes on with what it holds for the grace, and gives the rest back.
    ///
    /// Nothing that it meets ends it: while the store does not answer, it tries on with longer and longer pauses.
    pub async fn run(self, stop: CancellationToken) {
        let Self { shared, options } = self;
        let poll_interval = options.poll_interval;
        let concurrency = options.concurrency.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        let places = Arc::new(Semaphore::new(concurrency));
        shared.metrics.attempts().works_on_so_many(concurrency);
        let runtime = Arc::clone(&shared.runtime);
        let shared = Arc::new(shared);
        let hurry = CancellationToken::new();
        let mut pauses = Pauses { next: MIN_POLL_INTERVAL, is_failing: false };
        loop {
            let place = tokio::select! {
                biased;
                () = stop.cancelled() => break,
                place = Arc::clone(&places).acquire_owned() => place,
            };
            let Ok(place) = place else { unreachable!("the semaphore is never closed") };
            let free = (places.available_permits() + 1).min(MAX_CLAIMED_TOGETHER);
            // Not broken off by a stop: what it claims would be held by nobody.
            let pause = match shared.queue.dequeue(free, &shared.name, shared.lease).await {
                Ok(claimed) if claimed.is_empty() => pauses.after_nothing(poll_interval),
                Ok(claimed) => {
                    start(&shared, claimed, place, &places, &hurry).await;
                    pauses = Pauses { next: MIN_POLL_INTERVAL, is_failing: false };
                    continue;
                }
                Err(error) => {
                    shared.metrics.attempts().fails_to_claim();
                    if !pauses.is_failing {
                        tracing::warn!(%error, "requests cannot be claimed; trying on");
                    }
                    if error.is_retryable() {
                        pauses.after_failure()
                    } else {
                        pauses.after_refusal(poll_interval)
                    }
                }
            };
            drop(place);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = shared.wake.woken() => pauses.next = MIN_POLL_INTERVAL,
                () = runtime.sleep(spread(&*runtime, pause)) => {}
            }
        }
        let all = u32::try_from(concurrency).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            _ = places.acquire_many(all) => return,
            () = runtime.sleep(options.grace) => hurry.cancel(),
        }
        tokio::select! {
            biased;
            _ = places.acquire_many(all) => {}
            () = runtime.sleep(RELEASE_TIME) => {
                tracing::warn!("some requests could not be given back; they are claimed once their leases have ended");
            }
        }
    }
}

/// Starts to carry out what was claimed; each takes a place until it is done.
async fn start(
    shared: &Arc<Shared>,
    claimed: Vec<Claimed>,
    first: OwnedSemaphorePermit,
    places: &Arc<Semaphore>,
    hurry: &CancellationToken,
) {
    let mut first = Some(first);
    for claimed in claimed {
        let place = match first.take() {
            Some(place) => place,
            // There is one: no more was claimed than there were places, and no one else takes any.
            None => match Arc::clone(places).acquire_owned().await {
                Ok(place) => place,
                Err(_) => unreachable!("the semaphore is never closed"),
            },
        };
        let (at_work, hurry) = (Arc::clone(shared), hurry.clone());
        shared.runtime.spawn(Box::pin(async move {
            at_work.carry_out(claimed, hurry).await;
            drop(place);
        }));
    }
}

/// How long to wait before the next look.
#[derive(Debug)]
struct Pauses {
    next: Duration,
    is_failing: bool,
}

impl Pauses {
    fn after_nothing(&mut self, longest: Duration) -> Duration {
        self.is_failing = false;
        self.doubled(longest)
    }

    /// After what no waiting mends: others may be claimed as before.
    fn after_refusal(&mut self, longest: Duration) -> Duration {
        self.is_failing = true;
        self.doubled(longest)
    }

    fn after_failure(&mut self) -> Duration {
        self.is_failing = true;
        self.doubled(MAX_FAILURE_PAUSE)
    }

    fn doubled(&mut self, longest: Duration) -> Duration {
        let pause = self.next.min(longest);
        self.next = (pause * 2).min(longest);
        pause
    }
}
