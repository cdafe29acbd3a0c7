//! Times one operation of this side.

fn main() -> anyhow::Result<()> {
    dynamorm_bench::mapper::measure(None)
}
