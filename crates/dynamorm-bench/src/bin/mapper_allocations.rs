//! Counts the allocations of one operation of this side. A program of its own: to be linked is what makes the counter
//! count.

fn main() -> anyhow::Result<()> {
    dynamorm_bench::mapper::measure(Some(|run| allocation_counter::measure(run).count_total))
}
