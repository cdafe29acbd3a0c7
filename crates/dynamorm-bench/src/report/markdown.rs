//! The figures of docs/benchmarks.md.

use std::{fs, path::Path};

use anyhow::{Context as _, ensure};

const FILE: &str = "../../docs/benchmarks.md";
const END: &str = "<!-- end of figures -->";

/// Replaces what stands between the marker that names `command`, which writes it, and the marker of the end.
///
/// # Errors
/// When docs/benchmarks.md cannot be read or written, or lacks a marker.
pub fn write(command: &str, figures: &str) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = fs::read_to_string(&path).context("docs/benchmarks.md cannot be read")?;
    let begin = format!("<!-- figures: written by `{command}` -->\n");
    let (before, rest) = text.split_once(&begin).context("docs/benchmarks.md lacks the first marker")?;
    let (_, after) = rest.split_once(END).context("docs/benchmarks.md lacks the last marker")?;
    ensure!(!figures.contains(END), "the figures hold the marker of their end");
    fs::write(&path, format!("{before}{begin}\n{}\n\n{END}{after}", figures.trim()))?;
    Ok(())
}
