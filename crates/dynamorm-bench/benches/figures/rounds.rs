use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use dynamorm_bench::{
    measurement::Measurement,
    report::{child, samples::Samples},
};

use super::{
    arguments::Arguments,
    figure::{Figure, Quantity, Side, TABLES, Table, Work},
    programs::Programs,
    report::{Report, Row},
    stub::StubProcess,
};

/// How many requests are under way at once.
const IN_FLIGHT: usize = 32;

/// What a measurement needs beside its figure: the programs, the server that answers them, and how much is asked for.
struct Surroundings<'a> {
    programs: &'a Programs,
    stub: &'a StubProcess,
    arguments: &'a Arguments,
}

/// Measures every figure of every table, round by round, each side in turn.
pub(crate) fn run(programs: &Programs, stub: &StubProcess, arguments: &Arguments) -> anyhow::Result<Report> {
    let surroundings = Surroundings { programs, stub, arguments };
    let mut rows: Vec<Row> = rows(arguments)?;
    let began = Instant::now();
    let mut rounds = 0;
    while rounds < arguments.rounds() && (rounds == 0 || began.elapsed() < arguments.limit()) {
        for row in &mut rows {
            if rounds > 0 && row.table.quantity == Quantity::Allocations {
                continue;
            }
            surroundings.measure(row, rounds % 2 == 1)?;
        }
        rounds += 1;
        eprintln!(
            "round {rounds} of {} ended after {:.0} s",
            arguments.rounds(),
            began.elapsed().as_secs_f64()
        );
    }
    Ok(Report::new(rows, rounds))
}

fn rows(arguments: &Arguments) -> anyhow::Result<Vec<Row>> {
    let is_chosen = |table: &Table, figure: &Figure| match &arguments.only {
        Some(text) => table.title.contains(text.as_str()) || figure.title.contains(text.as_str()),
        None => true,
    };
    let rows: Vec<_> = TABLES
        .iter()
        .flat_map(|table| table.figures.iter().map(move |figure| (table, figure)))
        .filter(|(table, figure)| is_chosen(table, figure))
        .map(|(table, figure)| Row { table, figure, samples: vec![Samples::default(); table.sides.len()] })
        .collect();
    if rows.is_empty() {
        bail!("no figure has this text in its title");
    }
    Ok(rows)
}

impl Surroundings<'_> {
    /// One value for each side, in an order that turns from round to round: the first finds colder caches.
    fn measure(&self, row: &mut Row, is_turned: bool) -> anyhow::Result<()> {
        let (table, figure) = (row.table, row.figure);
        if matches!(figure.work, Work::ShortestProgram) {
            return self.measure_programs(row);
        }
        let mut order: Vec<_> = (0..table.sides.len()).collect();
        if is_turned {
            order.reverse();
        }
        let mut values = vec![0.0; order.len()];
        for index in order {
            let Some(side) = table.sides.get(index) else { continue };
            values[index] = self.value(side, figure, table.quantity)?;
        }
        for (samples, value) in row.samples.iter_mut().zip(values) {
            samples.push(value);
        }
        Ok(())
    }

    fn value(&self, side: &Side, figure: &Figure, quantity: Quantity) -> anyhow::Result<f64> {
        let (operation, in_flight) = match figure.work {
            Work::Requests(operation) => (operation, IN_FLIGHT),
            Work::Calls(operation) => (operation, 1),
            Work::ShortestProgram => bail!("the shortest program is told nothing"),
        };
        let operations = self.arguments.operations(figure.operations).max(in_flight);
        // The database's file is gone with it; the other programs are given the endpoint in its place.
        let folder = tempfile::tempdir()?;
        let place = match side.first_argument {
            Some(_) => folder.path().join("bench.db").display().to_string(),
            None => self.stub.endpoint.clone(),
        };
        let mut command = self.command(side)?;
        command.args(side.first_argument).arg(operation.name());
        command.args([operations.to_string(), in_flight.to_string(), place]);
        let (line, _) = child::run(&mut command)?;
        let measurement =
            serde_json::from_str(line.trim()).context("a program prints what is no measurement")?;
        Ok(match (measurement, quantity) {
            (Measurement::Time { processor, .. }, Quantity::Processor) => processor,
            (Measurement::Time { wall, .. }, Quantity::Wall) => wall,
            (Measurement::Allocations(count), Quantity::Allocations) => count,
            (other, _) => bail!("`{}` measures something else: {other:?}", side.program),
        })
    }

    /// Starts the shortest programs in turn, several times; the middle of the times is the round's value.
    fn measure_programs(&self, row: &mut Row) -> anyhow::Result<()> {
        let mut times = vec![Samples::default(); row.table.sides.len()];
        for _ in 0..self.arguments.operations(row.figure.operations) {
            for (side, times) in row.table.sides.iter().zip(&mut times) {
                let (_, elapsed) = child::run(&mut self.command(side)?)?;
                times.push(milliseconds(elapsed));
            }
        }
        for (samples, times) in row.samples.iter_mut().zip(&times) {
            samples.push(times.median().context("the shortest program was never started")?);
        }
        Ok(())
    }

    /// A side's program with credentials, a region and an endpoint in its environment, and nothing of the machine's own.
    fn command(&self, side: &Side) -> anyhow::Result<Command> {
        let mut command = Command::new(self.programs.path(side.program)?);
        command.env_clear().envs([
            ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", self.stub.endpoint.as_str()),
        ]);
        Ok(command)
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
