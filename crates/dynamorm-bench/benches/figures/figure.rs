//! What is measured, side by side, and what it should come to.

use dynamorm_bench::operation::Operation;

/// The two bounds that a figure is held against: ratios, or counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Target {
    pub(crate) first: f64,
    pub(crate) goal: f64,
}

const fn target(first: f64, goal: f64) -> Option<Target> {
    Some(Target { first, goal })
}

/// One row of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    pub(crate) title: &'static str,
    pub(crate) work: Work,
    /// How often a full run repeats it in one process.
    pub(crate) operations: usize,
    pub(crate) target: Option<Target>,
}

/// What a program is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// An operation, several in flight.
    Requests(Operation),
    /// An operation, one after the other.
    Calls(Operation),
    /// The shortest program, from its start to its exit.
    ShortestProgram,
}

/// One table: figures that the same programs measure in the same unit.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) title: &'static str,
    pub(crate) quantity: Quantity,
    /// The first is what the others are compared with.
    pub(crate) sides: &'static [Side],
    /// Which of the sides is ours: its ratio to the first is held against the target.
    pub(crate) ours: usize,
    pub(crate) figures: &'static [Figure],
}

/// What of a measurement a table shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantity {
    /// Microseconds of the processor.
    Processor,
    /// Microseconds on the wall.
    Wall,
    /// Milliseconds on the wall, of a whole process.
    Process,
    /// Allocations.
    Allocations,
}

/// A program, with what stands first on its command line.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Side {
    pub(crate) title: &'static str,
    pub(crate) program: &'static str,
    pub(crate) first_argument: Option<&'static str>,
}

const fn side(title: &'static str, program: &'static str) -> Side {
    Side { title, program, first_argument: None }
}

const fn embedded(title: &'static str, first_argument: &'static str) -> Side {
    Side { title, program: "embedded_calls", first_argument: Some(first_argument) }
}

const fn figure(title: &'static str, work: Work, operations: usize, target: Option<Target>) -> Figure {
    Figure { title, work, operations, target }
}

const SDK: &str = "SDK + serde_dynamo";
const OURS: &str = "dynamorm";

const REQUESTS: Table = Table {
    title: "Requests: processor time, µs an operation",
    quantity: Quantity::Processor,
    sides: &[side(SDK, "sdk_requests"), side(OURS, "mapper_requests")],
    ours: 1,
    figures: &[
        figure("put", Work::Requests(Operation::Put), 6000, target(0.70, 0.35)),
        figure("get", Work::Requests(Operation::Get), 6000, target(0.70, 0.35)),
        figure("update", Work::Requests(Operation::Update), 6000, target(0.70, 0.35)),
        figure("query of 100 items", Work::Requests(Operation::Query), 800, target(0.25, 0.12)),
        figure("batch get of 100 items", Work::Requests(Operation::BatchGet), 800, target(0.25, 0.12)),
    ],
};

/// Counts do not vary: they are taken in the first round only. The bounds of a page are told an item: 24 and 20.
const ALLOCATIONS: Table = Table {
    title: "Requests: allocations an operation",
    quantity: Quantity::Allocations,
    sides: &[side(SDK, "sdk_allocations"), side(OURS, "mapper_allocations")],
    ours: 1,
    figures: &[
        figure("put", Work::Calls(Operation::Put), 400, target(260.0, 40.0)),
        figure("get", Work::Calls(Operation::Get), 400, target(280.0, 60.0)),
        figure("update", Work::Calls(Operation::Update), 400, None),
        figure("query of 100 items", Work::Calls(Operation::Query), 100, target(2400.0, 2000.0)),
        figure("batch get of 100 items", Work::Calls(Operation::BatchGet), 100, target(2400.0, 2000.0)),
    ],
};

const CODEC: Table = Table {
    title: "The codec alone: processor time, µs an operation",
    quantity: Quantity::Processor,
    sides: &[side(SDK, "sdk_requests"), side(OURS, "mapper_requests")],
    ours: 1,
    figures: &[
        figure("an item to the wire", Work::Calls(Operation::Encode), 20_000, None),
        figure("an item from the wire", Work::Calls(Operation::Decode), 20_000, None),
        figure("a page of 100 from the wire", Work::Calls(Operation::DecodePage), 300, None),
    ],
};

const COLD_START: Table = Table {
    title: "Cold start: ms from the start of the process to its exit after one put",
    quantity: Quantity::Process,
    sides: &[side(SDK, "sdk_put"), side(OURS, "mapper_put")],
    ours: 1,
    figures: &[figure("cold start", Work::ShortestProgram, 12, target(1.0, 0.8))],
};

/// Both the mapper and the engine answer a read where it is asked for.
const EMBEDDED_READS: Table = Table {
    title: "Embedded engine, reads: µs a call",
    quantity: Quantity::Wall,
    sides: &[
        embedded("engine, in place", "in-place"),
        embedded(OURS, "mapper"),
        embedded("engine, on a thread", "on-thread"),
    ],
    ours: 1,
    figures: &[
        figure("get, in memory", Work::Calls(Operation::MemoryGet), 8000, target(1.3, 1.1)),
        figure("get, in a file", Work::Calls(Operation::FileGet), 8000, target(1.3, 1.1)),
    ],
};

/// Both hand a write to a thread.
const EMBEDDED_WRITES: Table = Table {
    title: "Embedded engine, writes: µs a call",
    quantity: Quantity::Wall,
    sides: &[
        embedded("engine, on a thread", "on-thread"),
        embedded(OURS, "mapper"),
        embedded("engine, in place", "in-place"),
    ],
    ours: 1,
    figures: &[
        figure("put, in memory", Work::Calls(Operation::MemoryPut), 6000, None),
        figure("put, in a file", Work::Calls(Operation::FilePut), 400, None),
    ],
};

/// Every table, in the order in which they are measured and shown.
pub(crate) const TABLES: &[Table] =
    &[REQUESTS, ALLOCATIONS, CODEC, COLD_START, EMBEDDED_READS, EMBEDDED_WRITES];
