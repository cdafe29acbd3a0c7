use std::{
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
};

use tokio::sync::{mpsc, oneshot};

use crate::refusal::Refusal;

/// How many calls may wait for the engine. A caller beyond it waits for a place instead of for the engine.
const QUEUE: usize = 1024;

/// The parsers of expressions call themselves once a level of brackets.
const STACK_BYTES: usize = 16 << 20;

type Job = Box<dyn FnOnce() + Send>;

/// The one thread on which the engine runs what may block: the engine has one lock, so a second would only wait.
///
/// Needs no async runtime. Dropping it runs what is queued and joins the thread.
#[derive(Debug)]
pub(crate) struct EngineThread {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
    occupancy: Occupancy,
}

impl EngineThread {
    pub(crate) fn start(occupancy: Occupancy) -> io::Result<Self> {
        let (queue, mut jobs) = mpsc::channel::<Job>(QUEUE);
        let thread = thread::Builder::new().name("dynamorm-embedded".into()).stack_size(STACK_BYTES).spawn(
            move || {
                while let Some(job) = jobs.blocking_recv() {
                    job();
                }
            },
        )?;
        Ok(Self { queue: Some(queue), thread: Some(thread), occupancy })
    }

    /// Runs `call` on the thread. A call whose caller has gone before its turn is not run.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let (answer, answered) = oneshot::channel();
        let occupancy = self.occupancy.clone();
        let job: Job = Box::new(move || {
            if answer.is_closed() {
                return;
            }
            let outcome = {
                let _occupied = occupancy.enter();
                guarded(call)
            };
            // The caller may have gone meanwhile; what was done stays done.
            let _ = answer.send(outcome);
        });
        let stopped = || Refusal::failure("the embedded engine has stopped");
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }

    /// Runs `call` here and now if nothing else is using the engine, or gives it back.
    pub(crate) fn run_here<T, C: FnOnce() -> Result<T, Refusal>>(
        &self,
        call: C,
    ) -> Result<Result<T, Refusal>, C> {
        match self.occupancy.try_enter() {
            Some(_occupied) => Ok(guarded(call)),
            None => Err(call),
        }
    }
}

impl Drop for EngineThread {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // Every job is guarded, so the thread does not panic.
            let _ = thread.join();
        }
    }
}

/// How many threads are using the engine, or about to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Occupancy(Arc<AtomicUsize>);

impl Occupancy {
    pub(crate) fn enter(&self) -> Occupied<'_> {
        self.0.fetch_add(1, Ordering::Acquire);
        Occupied(self)
    }

    fn try_enter(&self) -> Option<Occupied<'_>> {
        self.0.compare_exchange(0, 1, Ordering::Acquire, Ordering::Relaxed).ok().map(|_| Occupied(self))
    }
}

/// A use of the engine, until it is dropped.
#[derive(Debug)]
pub(crate) struct Occupied<'a>(&'a Occupancy);

impl Drop for Occupied<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Release);
    }
}

/// A panic of the engine answers its caller and leaves the process alone. The engine's own lock is poisoned then, so
/// that nothing sees what it may have left half done.
fn guarded<T>(call: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|_| Err(Refusal::from_panic()))
}

#[cfg(test)]
mod tests {
    use super::{EngineThread, Occupancy};
    use crate::refusal::Refusal;

    #[tokio::test]
    async fn outlives_a_call_that_panics() {
        let thread = EngineThread::start(Occupancy::default()).unwrap();

        let panicked = thread.run(|| -> Result<(), Refusal> { panic!("on purpose") }).await.unwrap_err();

        assert_eq!(panicked.status, 500);
        assert!(!String::from_utf8_lossy(&panicked.body).contains("on purpose"));
        assert_eq!(thread.run(|| Ok(1)).await.unwrap(), 1);
        assert!(matches!(thread.run_here(|| Ok(1)), Ok(Ok(1))), "the panic left the engine occupied");
    }

    #[test]
    fn runs_a_call_here_only_while_nobody_uses_the_engine() {
        let occupancy = Occupancy::default();
        let thread = EngineThread::start(occupancy.clone()).unwrap();
        let occupied = occupancy.enter();

        let while_occupied = thread.run_here(|| Ok(1)).is_ok();
        drop(occupied);

        assert!(!while_occupied);
        assert!(thread.run_here(|| Ok(1)).is_ok());
    }
}
