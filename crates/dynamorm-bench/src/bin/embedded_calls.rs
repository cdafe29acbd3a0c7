//! Times one call of the embedded engine, through the mapper or by hand.

fn main() -> anyhow::Result<()> {
    dynamorm_bench::embedded::measure()
}
