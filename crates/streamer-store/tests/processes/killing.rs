use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use dynamorm::{Random as _, testing::SeededRandom};
use futures_util::future::join_all;
use streamer_store::{AsyncRequest, Error, RequestQueue};
use tokio::sync::Notify;

use crate::{
    database::Database,
    endings::Endings,
    plan::{Plan, REQUESTS, key, submission},
    process::{Log, Process, Signal},
};

const WORKERS: usize = 3;

/// How often a worker is killed; every other time the one that holds the file, where one does.
const KILLS: usize = 10;

/// After this kill a worker stands still, past its leases and the clocks' difference: it goes on as if it held them yet.
const STALL_AFTER: usize = 4;
const STALL: Duration = Duration::from_millis(3_500);

/// Between two looks at what is stored.
const TICK: Duration = Duration::from_millis(60);

/// How many requests are submitted at once, and how long before a kill: their writes are on the way by then.
const BURST: usize = REQUESTS as usize / KILLS;
const UNDER_WAY: Duration = Duration::from_millis(2);

/// Within this time after the last kill all has ended: each request may be in need of a lease's end.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often a call is made again while its database has no holder: for ten seconds.
const MAX_ATTEMPTS: u32 = 500;

/// Submits requests, kills workers while they hold some, and checks what came of it.
pub(crate) fn show(database: &Database) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    let database = database.in_folder(&folder);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (log, endings, holder_kills) = runtime.block_on(kill_workers(&database))?;

    // No process is left: what is on the disk is all there is.
    let queue = runtime.block_on(database.open()).stores.requests();
    let mut lost = Vec::new();
    for number in 0..REQUESTS {
        match runtime.block_on(queue.get_consistent(&key(number))) {
            Ok(request) if Some(&request) == endings.of(&request.request_id) => {}
            other => lost.push((number, other)),
        }
    }
    if !lost.is_empty() {
        return Err(format!("not as they had ended: {lost:?}"));
    }
    check_endings(&log, &endings)?;
    match (&database, holder_kills) {
        (Database::Embedded(_), 0) => Err("the holder of the file was never killed".to_owned()),
        _ => Ok(()),
    }
}

async fn kill_workers(database: &Database) -> Result<(Log, Endings, usize), String> {
    let (log, mut endings, random) = (Log::default(), Endings::default(), SeededRandom::new(1));
    let mut stall: Option<(usize, Instant)> = None;
    let (mut started, mut holder_kills, mut kills) = (WORKERS, 0, 0);
    let mut workers: Vec<Process> =
        (0..WORKERS).map(|number| Process::start(&format!("w-{number}"), database, &log)).collect();
    workers.iter().for_each(Process::wait_until_ready);
    let visitor = database.visit().await;
    insist(async || visitor.stores.ensure_tables().await).await;
    let queue = visitor.stores.requests();

    let mut deadline = Instant::now() + PATIENCE;
    // With each kill, so that some are under way when the process that holds the file dies.
    let kill_follows = Notify::new();
    let submitting = async {
        for first in (0..REQUESTS).step_by(BURST) {
            kill_follows.notified().await;
            let burst = (first..REQUESTS).take(BURST);
            let queue = &queue;
            let enqueue = |number| async move {
                insist(async || queue.enqueue(submission(number)).await).await;
            };
            join_all(burst.map(enqueue)).await;
        }
        Ok::<_, String>(())
    };
    let killing = async {
        let mut next_kill = Instant::now() + pause(&random);
        while kills < KILLS || stall.is_some() || endings.count() < REQUESTS as usize {
            if Instant::now() > deadline {
                return Err(format!("{} of {REQUESTS} have ended: {endings:?}", endings.count()));
            }
            if kills < KILLS && Instant::now() >= next_kill {
                let holder = database.holder().filter(|_| kills % 2 == 0);
                let held = holder.and_then(|pid| workers.iter().position(|worker| worker.pid() == pid));
                holder_kills += usize::from(held.is_some());
                let mut victim = held.unwrap_or_else(|| below(&random, WORKERS));
                if stall.is_some_and(|(stalled, _)| stalled == victim) {
                    victim = (victim + 1) % WORKERS;
                }
                kill_follows.notify_one();
                tokio::time::sleep(UNDER_WAY).await;
                workers[victim].kill();
                workers[victim] = Process::start(&format!("w-{started}"), database, &log);
                (started, kills) = (started + 1, kills + 1);
                (next_kill, deadline) = (Instant::now() + pause(&random), Instant::now() + PATIENCE);
                if kills == STALL_AFTER {
                    // Not the one through which the others work.
                    let holder = database.holder();
                    let stalled = workers.iter().position(|worker| Some(worker.pid()) != holder).unwrap_or(0);
                    workers[stalled].signal(Signal::Stop);
                    stall = Some((stalled, Instant::now() + STALL));
                }
            }
            if let Some((stalled, _)) = stall.take_if(|(_, until)| Instant::now() >= *until) {
                workers[stalled].signal(Signal::Continue);
            }
            for request in insist(async || stored(&queue).await).await {
                endings.note(&request)?;
            }
            tokio::time::sleep(TICK).await;
        }
        Ok(())
    };
    tokio::try_join!(submitting, killing)?;
    drop(workers);
    Ok((log, endings, holder_kills))
}

/// All requests that are stored.
async fn stored(queue: &RequestQueue) -> Result<Vec<AsyncRequest>, Error> {
    queue.by_tenant("acme").take(2 * REQUESTS as usize).await
}

fn check_endings(log: &Log, endings: &Endings) -> Result<(), String> {
    let said = log.ended();
    let ids: BTreeSet<&String> = said.iter().map(|(id, _)| id).collect();
    if ids.len() < said.len() {
        return Err(format!("two workers say that they ended one request: {said:?}"));
    }
    // One that was killed between the write and the word said nothing.
    if said.len() + KILLS < endings.count() {
        return Err(format!("only {} endings of {} were told", said.len(), endings.count()));
    }
    for (id, worker) in &said {
        let by = endings.of(id).and_then(|request| request.worker.as_deref());
        if by != Some(worker) {
            return Err(format!("{worker} says that it ended {id}, which {by:?} did"));
        }
    }
    let otherwise = endings.all().find(|request| request.status != Plan::of(request).end());
    if let Some(request) = otherwise {
        return Err(format!("ended otherwise than its workers do: {request:?}"));
    }
    // Without one that was begun anew, no worker was killed while it held any.
    let taken_over =
        endings.all().filter(|request| request.attempt > 1 && Plan::of(request) == Plan::Complete).count();
    if taken_over == 0 {
        return Err("no worker was killed while it held a request".to_owned());
    }
    Ok(())
}

/// Makes a call until its outcome is known: the process that holds the file may have been killed just now.
async fn insist<T>(call: impl AsyncFn() -> Result<T, Error>) -> T {
    for _ in 0..MAX_ATTEMPTS {
        match call().await {
            Ok(value) => return value,
            Err(error) if error.is_retryable() => tokio::time::sleep(Duration::from_millis(20)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("the database gives no answer");
}

/// Until the next kill.
fn pause(random: &SeededRandom) -> Duration {
    Duration::from_millis(300 + below(random, 400) as u64)
}

fn below(random: &SeededRandom, bound: usize) -> usize {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    u32::from_be_bytes(bytes) as usize % bound
}
