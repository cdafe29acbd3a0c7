use std::{fs, path::Path, process::Command};

use dynamorm_bench::report::child;

use super::programs::Programs;

/// The bytes of a side's shortest program.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Size {
    pub(crate) whole: u64,
    /// Without symbols and line tables; nothing where there is no `strip`.
    pub(crate) stripped: Option<u64>,
}

/// The sizes of the SDK's shortest program and of ours.
pub(crate) fn measure(programs: &Programs) -> anyhow::Result<[Size; 2]> {
    Ok([size(programs.path("sdk_put")?)?, size(programs.path("mapper_put")?)?])
}

fn size(program: &Path) -> anyhow::Result<Size> {
    let folder = tempfile::tempdir()?;
    let stripped = folder.path().join("stripped");
    let outcome = child::run(Command::new("strip").arg("-o").arg(&stripped).arg(program));
    let stripped = match outcome {
        Ok(_) => Some(fs::metadata(&stripped)?.len()),
        Err(error) => {
            eprintln!("no size without symbols: {error:#}");
            None
        }
    };
    Ok(Size { whole: fs::metadata(program)?.len(), stripped })
}
