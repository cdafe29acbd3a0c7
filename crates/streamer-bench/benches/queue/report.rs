use std::{fmt::Write as _, iter};

use dynamorm_bench::{
    latency::Latency,
    report::{alignment::aligned, machine::Machine, samples::Samples},
};
use streamer_bench::{
    backlog::{Dequeues, Read},
    cost::{Cost, LIFE},
};

use super::{rounds::WORKERS, side::Side};

/// Everything that was measured.
pub(crate) struct Report {
    sides: Vec<Side>,
    pub(crate) rounds: u32,
    calls: Vec<CallRow>,
    lives: Vec<Vec<Samples>>,
    costs: Vec<(&'static str, Vec<Cost>)>,
    pub(crate) beside: Option<Beside>,
}

/// What a kind of call took, side by side.
struct CallRow {
    call: String,
    of_sides: Vec<CallSamples>,
}

#[derive(Clone, Default)]
struct CallSamples {
    p50: Samples,
    p99: Samples,
}

/// Dequeues beside so many requests that have ended.
pub(crate) struct Beside {
    pub(crate) ended: usize,
    /// Each side's: one that is empty, and one that is full.
    pub(crate) tables: Vec<Table>,
}

/// What dequeues on one table took and read.
pub(crate) struct Table {
    title: String,
    nothing_due: CallSamples,
    one_of_many: CallSamples,
    /// Of the last round: counts, which hardly vary.
    read: Option<Read>,
}

impl Report {
    pub(crate) fn new(sides: Vec<Side>) -> Self {
        let lives = vec![vec![Samples::default(); sides.len()]; WORKERS.len()];
        Self { sides, rounds: 0, calls: Vec::new(), lives, costs: Vec::new(), beside: None }
    }

    /// Adds a round's calls of a side.
    pub(crate) fn calls(&mut self, side: usize, latencies: Vec<Latency>) {
        for latency in latencies {
            let position = self.calls.iter().position(|row| row.call == latency.call).unwrap_or_else(|| {
                let of_sides = vec![CallSamples::default(); self.sides.len()];
                self.calls.push(CallRow { call: latency.call.clone(), of_sides });
                self.calls.len() - 1
            });
            self.calls[position].of_sides[side].add(&latency);
        }
    }

    /// Adds a round's lives a second of a side.
    pub(crate) fn lives(&mut self, side: usize, workers: usize, per_second: f64) {
        if let Some(position) = WORKERS.iter().position(|known| *known == workers) {
            self.lives[position][side].push(per_second);
        }
    }

    /// Adds what operations cost on an engine.
    pub(crate) fn costs(&mut self, engine: &'static str, costs: Vec<Cost>) {
        self.costs.push((engine, costs));
    }

    /// The tables in Markdown, which is as readable in a terminal.
    pub(crate) fn render(&self, machine: &Machine) -> String {
        let mut text = format!("{machine} {} rounds; each value is the median of the rounds.\n", self.rounds);
        let titles = self.sides.iter().map(|side| side.title().to_owned());
        let heading: Vec<String> =
            iter::once(String::new()).chain(titles).chain(self.ratio_title()).collect();
        let mut table = |title: &str, lines: Vec<Vec<String>>| {
            let _ = write!(text, "\n### {title}\n\n{}", aligned(lines.into_iter()));
        };
        let calls = self.calls.iter().map(|row| self.call_cells(row));
        table("Calls one after the other: p50 / p99, µs", iter::once(heading.clone()).chain(calls).collect());
        let lives =
            WORKERS.iter().zip(&self.lives).map(|(workers, samples)| self.life_cells(*workers, samples));
        table("Lives a second: enqueued, dequeued and completed", iter::once(heading).chain(lives).collect());
        table("What an operation costs: requests, and capacity units", self.cost_lines());
        if let Some(beside) = &self.beside {
            table(&format!("Dequeue beside {} ended requests", thousands(beside.ended)), beside.lines());
        }
        text
    }

    /// The column that compares the embedded engine's file with the peer's, where there is a peer.
    fn ratio_title(&self) -> Option<String> {
        self.positions().map(|_| "embedded, file ÷ apalis".to_owned())
    }

    /// Where the peer and what it is compared with stand.
    fn positions(&self) -> Option<(usize, usize)> {
        let position = |wanted: &Side| self.sides.iter().position(|side| side == wanted);
        Some((position(&Side::Peer)?, position(&Side::File)?))
    }

    fn call_cells(&self, row: &CallRow) -> Vec<String> {
        let p50: Vec<Samples> = row.of_sides.iter().map(|samples| samples.p50.clone()).collect();
        iter::once(row.call.clone())
            .chain(row.of_sides.iter().map(CallSamples::cell))
            .chain(self.positions().map(|_| self.ratio(&p50)))
            .collect()
    }

    fn life_cells(&self, workers: usize, samples: &[Samples]) -> Vec<String> {
        let cell = |samples: &Samples| match samples.median() {
            Some(median) => {
                format!("{median:.0} ({:.0}–{:.0})", samples.least(), samples.greatest())
            }
            None => String::new(),
        };
        let title = if workers == 1 { "1 worker".to_owned() } else { format!("{workers} workers") };
        iter::once(title)
            .chain(samples.iter().map(cell))
            .chain(self.positions().map(|_| self.ratio(samples)))
            .collect()
    }

    /// The median of the rounds' ratios; nothing for what the peer does not have.
    fn ratio(&self, samples: &[Samples]) -> String {
        let ratio = self.positions().and_then(|(peer, ours)| samples[ours].ratios(&samples[peer]).median());
        ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}"))
    }

    fn cost_lines(&self) -> Vec<Vec<String>> {
        let Some((_, first)) = self.costs.first() else { return Vec::new() };
        let titles = self.costs.iter().map(|(engine, _)| format!("{engine}: units"));
        let heading = ["".to_owned(), "requests".to_owned()].into_iter().chain(titles).collect();
        let of_engines: Vec<&[Cost]> = self.costs.iter().map(|(_, costs)| costs.as_slice()).collect();
        let units = |units: Option<f64>| units.map_or_else(|| "?".to_owned(), |units| units.to_string());
        let lines = first.iter().enumerate().map(|(position, cost)| {
            let of_engines =
                of_engines.iter().map(|costs| units(costs.get(position).and_then(|cost| cost.units)));
            [cost.operation.clone(), cost.requests.to_string()].into_iter().chain(of_engines).collect()
        });
        let is_of_life = |cost: &&Cost| LIFE.contains(&cost.operation.as_str());
        let requests: usize = first.iter().filter(is_of_life).map(|cost| cost.requests).sum();
        let lives = of_engines
            .iter()
            .map(|costs| units(costs.iter().filter(is_of_life).map(|cost| cost.units).sum()));
        let life: Vec<String> =
            [format!("a life: {}", LIFE.join(", ")), requests.to_string()].into_iter().chain(lives).collect();
        iter::once(heading).chain(lines).chain([life]).collect()
    }
}

impl CallSamples {
    fn add(&mut self, latency: &Latency) {
        self.p50.push(latency.p50);
        self.p99.push(latency.p99);
    }

    /// `p50 / p99`; nothing for what was not measured.
    fn cell(&self) -> String {
        match (self.p50.median(), self.p99.median()) {
            (Some(p50), Some(p99)) => format!("{} / {}", digits(p50), digits(p99)),
            _ => String::new(),
        }
    }
}

impl Table {
    pub(crate) fn new(title: String) -> Self {
        Self { title, nothing_due: CallSamples::default(), one_of_many: CallSamples::default(), read: None }
    }

    /// Adds a round.
    pub(crate) fn add(&mut self, dequeues: &Dequeues) {
        self.nothing_due.add(&dequeues.nothing_due);
        self.one_of_many.add(&dequeues.one_of_many);
        self.read = dequeues.read;
    }
}

impl Beside {
    fn lines(&self) -> Vec<Vec<String>> {
        let line = |title: &str, value: &dyn Fn(&Table) -> String| {
            iter::once(title.to_owned()).chain(self.tables.iter().map(value)).collect()
        };
        let read = |title: &str, value: fn(Read) -> f64| {
            line(title, &|table| table.read.map_or_else(String::new, |read| format!("{:.1}", value(read))))
        };
        vec![
            line("", &|table| table.title.clone()),
            line("nothing due: p50 / p99, µs", &|table| table.nothing_due.cell()),
            line("one of 200 due: p50 / p99, µs", &|table| table.one_of_many.cell()),
            read("its requests", |read| read.requests),
            read("items that it scans", |read| read.scanned),
            read("capacity units", |read| read.units),
            read("bytes of its answers", |read| read.bytes),
        ]
    }
}

/// A time as it is shown: `9.12`, `40.3`, `1220`.
fn digits(value: f64) -> String {
    let digits = if value < 10.0 {
        2
    } else if value < 100.0 {
        1
    } else {
        0
    };
    format!("{value:.digits$}")
}

/// A count with commas: `1,000,000`.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
