use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use dynamorm_bench::{latency::Latency, report::child};
use serde::de::DeserializeOwned;
use streamer_bench::{backlog::Dequeues, cost::Cost, engine::Engine};

use super::{
    arguments::Arguments,
    programs::Programs,
    report::{Beside, Report, Table},
    side::{Side, Work},
};

/// How often each call is made in one process.
const CALLS: usize = 250;

/// How many requests live in one process.
const LIVES: usize = 1500;

/// How many workers share them.
pub(crate) const WORKERS: [usize; 2] = [1, 8];

/// How often a dequeue is measured beside what has ended.
const DEQUEUES: usize = 250;

/// A million items take minutes to load.
const FILL_LIMIT: Duration = Duration::from_secs(1200);

/// Measures everything, round by round, each side in turn.
pub(crate) fn run(programs: &Programs, arguments: &Arguments) -> anyhow::Result<Report> {
    let sides = Side::all(programs);
    let mut report = Report::new(sides.clone());
    let began = Instant::now();
    for round in 0..arguments.rounds() {
        if round > 0 && began.elapsed() > arguments.limit() {
            break;
        }
        // The first in a round finds colder caches.
        let mut order: Vec<usize> = (0..sides.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for &index in &order {
            let repetitions = arguments.repetitions(CALLS);
            let calls: Vec<Latency> = value(programs, &sides[index], Work::Calls { repetitions })?;
            report.calls(index, calls);
        }
        for workers in WORKERS {
            for &index in &order {
                let lives = arguments.repetitions(LIVES);
                let work = Work::Lives { lives, workers };
                report.lives(index, workers, value(programs, &sides[index], work)?);
            }
        }
        report.rounds = round + 1;
        eprintln!(
            "round {} of {} ended after {:.0} s",
            round + 1,
            arguments.rounds(),
            began.elapsed().as_secs_f64()
        );
    }
    for side in &sides {
        if let Some(engine) = counted(side) {
            let mut command = Command::new(programs.stores());
            let costs: Vec<Cost> = line(command.args(["costs", &engine.to_string()]))?;
            report.costs(side.title(), costs);
        }
    }
    report.beside = Some(beside(programs, arguments)?);
    Ok(report)
}

/// The engine that counts for a side: costs are the same in memory and in a file.
fn counted(side: &Side) -> Option<Engine> {
    match side {
        Side::Peer | Side::File | Side::OneShard => None,
        Side::Memory => Some(Engine::Memory),
        Side::DynamoDbLocal(address) => Some(Engine::DynamoDbLocal(address.clone())),
    }
}

/// What one process measures.
fn value<T: DeserializeOwned>(programs: &Programs, side: &Side, work: Work) -> anyhow::Result<T> {
    let folder = folder()?;
    line(&mut side.command(programs, work, &folder.path().join("queue.db")))
}

/// What dequeues cost on an empty table and on a full one, in the sides that keep a file.
fn beside(programs: &Programs, arguments: &Arguments) -> anyhow::Result<Beside> {
    let folder = folder()?;
    let sides =
        [Side::File, Side::Peer].into_iter().filter(|side| programs.peer.is_some() || *side != Side::Peer);
    let mut beside = Beside { ended: arguments.ended(), tables: Vec::new() };
    let mut files = Vec::new();
    for (number, side) in sides.enumerate() {
        let [empty, full] = ["empty", "full"].map(|name| folder.path().join(format!("{name}-{number}.db")));
        eprintln!("{} ended requests are loaded: {}", beside.ended, side.title());
        let mut fill = side.command(programs, Work::Fill { count: beside.ended }, &full);
        let (_, took) = child::run_within(&mut fill, FILL_LIMIT)?;
        let full_title = format!(
            "full: {:.0} MB, loaded in {:.0} s",
            fs::metadata(&full)?.len() as f64 / 1e6,
            took.as_secs_f64()
        );
        beside.tables.push(Table::new(format!("{}: empty", side.title())));
        beside.tables.push(Table::new(full_title));
        files.extend([(side.clone(), empty), (side, full)]);
    }
    let work = Work::Dequeues { repetitions: arguments.repetitions(DEQUEUES) };
    for round in 0..arguments.rounds() {
        let mut order: Vec<usize> = (0..files.len()).collect();
        if round % 2 == 1 {
            order.reverse();
        }
        for index in order {
            let (side, file) = &files[index];
            let dequeues: Dequeues = line(&mut side.command(programs, work, file))?;
            beside.tables[index].add(&dequeues);
        }
    }
    Ok(beside)
}

/// The line that a program prints.
fn line<T: DeserializeOwned>(command: &mut Command) -> anyhow::Result<T> {
    let (line, _) = child::run_within(command, Duration::from_secs(120))?;
    serde_json::from_str(line.trim()).with_context(|| format!("{command:?} prints what was not asked for"))
}

/// Where databases lie: below `target`, on a disk, and not where the system keeps temporary files, which may be memory.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::tempdir_in(Path::new(env!("CARGO_TARGET_TMPDIR")))?)
}
