use std::{fmt::Write as _, iter};

use dynamorm_bench::report::{alignment::aligned, machine::Machine, samples::Samples};

use super::{
    clean_build::CleanBuilds,
    figure::{Figure, Quantity, Table, Target},
    size::Size,
};

/// A figure and what was measured of it, side by side.
pub(crate) struct Row {
    pub(crate) table: &'static Table,
    pub(crate) figure: &'static Figure,
    pub(crate) samples: Vec<Samples>,
}

/// Everything that was measured.
pub(crate) struct Report {
    rows: Vec<Row>,
    rounds: u32,
    sizes: Option<[Size; 2]>,
    clean_builds: Option<CleanBuilds>,
}

/// What a clean build should come to, as a ratio.
const CLEAN_BUILD: Target = Target { first: 0.8, goal: 0.5 };

/// The titles of the tables that show two sides by their sizes and builds.
const PROGRAMS: &str = "The shortest program, with aws-config, built for release";

impl Report {
    pub(crate) fn new(rows: Vec<Row>, rounds: u32) -> Self {
        Self { rows, rounds, sizes: None, clean_builds: None }
    }

    pub(crate) fn sizes(&mut self, sizes: [Size; 2]) {
        self.sizes = Some(sizes);
    }

    pub(crate) fn clean_builds(&mut self, builds: CleanBuilds) {
        self.clean_builds = Some(builds);
    }

    /// The tables in Markdown, which is as readable in a terminal.
    pub(crate) fn render(&self, machine: &Machine) -> String {
        let mut text = String::new();
        let _ =
            writeln!(text, "{machine} {} rounds; each value is the median (least–greatest).", self.rounds);
        for rows in self.rows.chunk_by(|left, right| std::ptr::eq(left.table, right.table)) {
            let Some(first) = rows.first() else { continue };
            let table = first.table;
            let heading = iter::once(String::new())
                .chain(table.sides.iter().map(|side| side.title.to_owned()))
                .chain(["ratio", "first target", "goal"].map(str::to_owned));
            let lines = rows.iter().map(cells);
            let _ = write!(
                text,
                "\n### {}\n\n{}",
                table.title,
                aligned(iter::once(heading.collect()).chain(lines))
            );
        }
        let programs = self.programs();
        if !programs.is_empty() {
            let heading = ["", "SDK + serde_dynamo", "dynamorm", "ratio", "first target", "goal"];
            let heading = heading.map(str::to_owned).to_vec();
            let _ = write!(text, "\n### {PROGRAMS}\n\n{}", aligned(iter::once(heading).chain(programs)));
        }
        text
    }

    fn programs(&self) -> Vec<Vec<String>> {
        let mut lines = Vec::new();
        let mut line = |title: &str, [sdk, ours]: [f64; 2], unit: &str, target: Option<Target>| {
            let ratio = ours / sdk;
            let mut cells = vec![
                title.to_owned(),
                format!("{sdk:.1} {unit}"),
                format!("{ours:.1} {unit}"),
                format!("{ratio:.2}"),
            ];
            cells.extend(distances(target, ratio));
            lines.push(cells);
        };
        if let Some(sizes) = self.sizes {
            let megabytes = |bytes: u64| bytes as f64 / 1e6;
            line("size, with line tables", sizes.map(|size| megabytes(size.whole)), "MB", None);
            if let [Some(sdk), Some(ours)] = sizes.map(|size| size.stripped) {
                line("size, stripped", [sdk, ours].map(megabytes), "MB", None);
            }
        }
        if let Some(CleanBuilds { by_default, leanest }) = self.clean_builds {
            line("clean build, processor time", by_default, "s", Some(CLEAN_BUILD));
            line("the same, leanest features", leanest, "s", Some(CLEAN_BUILD));
        }
        lines
    }
}

fn cells(row: &Row) -> Vec<String> {
    let mut cells = vec![row.figure.title.to_owned()];
    let Some(base) = row.samples.first() else { return cells };
    let is_counted = row.table.quantity == Quantity::Allocations;
    cells.extend(row.samples.iter().map(|samples| value(samples, is_counted)));
    let ours = row.samples.get(row.table.ours);
    let ratio = ours.and_then(|ours| ours.ratios(base).median());
    cells.push(ratio.map_or_else(String::new, |ratio| format!("{ratio:.2}")));
    let held = if is_counted { ours.and_then(Samples::median) } else { ratio };
    cells.extend(distances(row.figure.target, held.unwrap_or(f64::NAN)));
    cells
}

fn value(samples: &Samples, is_counted: bool) -> String {
    let Some(median) = samples.median() else { return String::new() };
    if is_counted {
        return format!("{median:.0}");
    }
    let digits = if median < 10.0 { 2 } else { 1 };
    format!("{median:.digits$} ({:.digits$}–{:.digits$})", samples.least(), samples.greatest())
}

/// The bounds, each with how far off `value` is.
fn distances(target: Option<Target>, value: f64) -> [String; 2] {
    let Some(target) = target else { return Default::default() };
    [target.first, target.goal].map(|bound| {
        let verdict =
            if value <= bound { "met".to_owned() } else { format!("{:.1} times it", value / bound) };
        format!("≤ {}: {verdict}", bare(bound))
    })
}

/// A bound as it is written: `0.70`, `260`.
fn bare(bound: f64) -> String {
    if bound >= 10.0 { format!("{bound:.0}") } else { format!("{bound:.2}") }
}
