//! The shortest program of this side: its start, its size and its build are measured.

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(dynamorm_bench::mapper::put_once())
}
