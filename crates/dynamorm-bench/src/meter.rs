//! Repeats an operation and says what it took.

use std::{env, future::Future, str::FromStr, time::Instant};

use anyhow::{Context as _, ensure};
use tokio::{
    runtime::{Builder, Runtime},
    task::JoinSet,
};

use crate::{
    measurement::Measurement,
    operation::Operation,
    processor::{self, Place},
};

/// Counts the allocations of this thread while it runs what it is given.
///
/// A program that has one is told apart from the one that is timed: counting costs time.
pub type Counter = fn(&mut dyn FnMut()) -> u64;

/// What a program was asked for on its command line: `<operation> <operations> <in flight> <where>`.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// What to repeat.
    pub operation: Operation,
    /// How often.
    pub operations: usize,
    /// How many requests are under way at once.
    pub in_flight: usize,
    /// The endpoint, or the file.
    pub place: String,
}

impl Arguments {
    /// Reads what stands behind the program's name and `skipped` more.
    ///
    /// # Errors
    /// When one is missing or is not what it should be.
    pub fn read(skipped: usize) -> anyhow::Result<Self> {
        let mut arguments = env::args().skip(1 + skipped);
        let mut next = || {
            arguments
                .next()
                .context("give `<operation> <operations> <in flight> <where>`, as `cargo bench` does")
        };
        Ok(Self {
            operation: Operation::from_str(&next()?)?,
            operations: next()?.parse()?,
            in_flight: next()?.parse()?,
            place: next()?,
        })
    }
}

/// Repeats operations on one thread, first to warm up.
#[derive(Debug)]
pub struct Meter {
    runtime: Runtime,
    operations: usize,
    in_flight: usize,
    counter: Option<Counter>,
}

impl Meter {
    /// A meter of time, or of allocations with a `counter`.
    ///
    /// # Errors
    /// When no operation, or none at once, is asked for, or no runtime can be made.
    pub fn new(arguments: &Arguments, counter: Option<Counter>) -> anyhow::Result<Self> {
        let (operations, in_flight) = (arguments.operations, arguments.in_flight);
        ensure!(in_flight > 0 && operations >= in_flight, "give at least one operation, and one in flight");
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime, operations, in_flight, counter })
    }

    /// Keeps the process on one processor, where nothing beside this thread works for the operation.
    #[must_use]
    pub fn on_one_processor(self) -> Self {
        processor::stay(Place::First);
        self
    }

    /// Runs `future` on the meter's runtime, unmeasured.
    pub fn prepare<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }

    /// Measures requests, several in flight. `request` is given the number of each.
    ///
    /// # Errors
    /// The first that a request gives.
    pub fn requests<F, Fut>(&self, request: F) -> anyhow::Result<Measurement>
    where
        F: Fn(usize) -> Fut + Clone + Send + 'static,
        Fut: Future<Output = anyhow::Result<()>> + Send,
    {
        let run = |operations| self.runtime.block_on(repeat(operations, self.in_flight, request.clone()));
        self.measure(run)
    }

    /// Measures calls that wait for nothing, one after the other.
    ///
    /// # Errors
    /// The first that a call gives.
    pub fn calls(&self, mut call: impl FnMut(usize) -> anyhow::Result<()>) -> anyhow::Result<Measurement> {
        self.measure(|operations| (0..operations).try_for_each(&mut call))
    }

    fn measure(&self, mut run: impl FnMut(usize) -> anyhow::Result<()>) -> anyhow::Result<Measurement> {
        // An eighth opens the connections, derives the keys and fills the caches.
        run((self.operations / 8).max(self.in_flight))?;
        let each = |total: f64| total / self.operations as f64;
        if let Some(counter) = self.counter {
            let mut outcome = Ok(());
            let allocations = counter(&mut || outcome = run(self.operations));
            outcome?;
            return Ok(Measurement::Allocations(each(allocations as f64)));
        }
        let (began, used) = (Instant::now(), processor::time());
        run(self.operations)?;
        let (wall, used) = (began.elapsed(), processor::time().saturating_sub(used));
        Ok(Measurement::Time {
            processor: each(used.as_secs_f64() * 1e6),
            wall: each(wall.as_secs_f64() * 1e6),
        })
    }
}

/// Runs `operations` requests, shared out over `in_flight` tasks.
async fn repeat<F, Fut>(operations: usize, in_flight: usize, request: F) -> anyhow::Result<()>
where
    F: Fn(usize) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    if in_flight == 1 {
        for number in 0..operations {
            request(number).await?;
        }
        return Ok(());
    }
    let mut tasks = JoinSet::new();
    for task in 0..in_flight {
        let request = request.clone();
        tasks.spawn(async move {
            for number in (task..operations).step_by(in_flight) {
                request(number).await?;
            }
            anyhow::Ok(())
        });
    }
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok(())
}

/// Prints what a program measured, as its only line.
///
/// # Errors
/// When it cannot be written.
pub fn print(measurement: Measurement) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string(&measurement)?);
    Ok(())
}
