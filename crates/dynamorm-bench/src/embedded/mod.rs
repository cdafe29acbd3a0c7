//! The embedded engine: through the mapper, and called by hand with its own types.

mod engine;
mod through_mapper;

use anyhow::{Context as _, bail};

use crate::{
    meter::{Arguments, Meter, print},
    operation::Operation,
};

/// Measures what the command line asks for: the side, and then as for the other programs.
///
/// # Errors
/// When it asks for what there is not, or a call fails.
pub fn measure() -> anyhow::Result<()> {
    let side = std::env::args().nth(1).context("give the side first, as `cargo bench` does")?;
    let arguments = Arguments::read(1)?;
    let place = match arguments.operation {
        Operation::MemoryGet | Operation::MemoryPut => None,
        Operation::FileGet | Operation::FilePut => Some(arguments.place.as_str()),
        operation => bail!("the embedded engine is not measured with `{}`", operation.name()),
    };
    let is_read = matches!(arguments.operation, Operation::MemoryGet | Operation::FileGet);
    // Not on one processor: the engine has a thread of its own.
    let meter = Meter::new(&arguments, None)?;
    print(match side.as_str() {
        "mapper" => through_mapper::measure(&meter, place, is_read)?,
        "in-place" => engine::measure_in_place(&meter, place, is_read)?,
        "on-thread" => engine::measure_on_thread(&meter, place, is_read)?,
        _ => bail!("`{side}` is no side; the sides are `mapper`, `in-place` and `on-thread`"),
    })
}
