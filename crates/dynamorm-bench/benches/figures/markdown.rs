use std::{fs, path::Path};

use anyhow::{Context as _, ensure};

const FILE: &str = "../../docs/benchmarks.md";
const BEGIN: &str = "<!-- figures: written by `cargo bench -- --markdown` -->\n";
const END: &str = "<!-- end of figures -->";

/// Replaces what stands between the markers of docs/benchmarks.md.
pub(crate) fn write(figures: &str) -> anyhow::Result<()> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let text = fs::read_to_string(&path).context("docs/benchmarks.md cannot be read")?;
    let (before, rest) = text.split_once(BEGIN).context("docs/benchmarks.md lacks the first marker")?;
    let (_, after) = rest.split_once(END).context("docs/benchmarks.md lacks the last marker")?;
    ensure!(!figures.contains(END), "the figures hold the marker of their end");
    fs::write(&path, format!("{before}{BEGIN}\n{}\n\n{END}{after}", figures.trim()))?;
    Ok(())
}
