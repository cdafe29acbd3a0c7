//! Measures apalis-sqlite as `streamer-bench` measures the stores, and prints what it found as one line of JSON.

mod backlog;
mod calls;
mod lives;
mod storage;

use std::env;

use anyhow::bail;
use tokio::runtime::Builder;

use storage::Sample;

const USAGE: &str = "give `calls FILE REPETITIONS`, `lives FILE LIVES WORKERS`, `fill FILE COUNT` or \
    `dequeues FILE REPETITIONS`, and PAYLOAD and RESULT";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let line = runtime.block_on(measure(&arguments))?;
    println!("{line}");
    Ok(())
}

async fn measure(arguments: &[&str]) -> anyhow::Result<String> {
    Ok(match arguments {
        ["calls", file, repetitions, payload, result] => {
            let pool = storage::open(file).await?;
            let sample = Sample::parse(payload, result)?;
            serde_json::to_string(&calls::measure(&pool, repetitions.parse()?, &sample).await?)?
        }
        ["lives", file, lives, workers, payload, result] => {
            let pool = storage::open(file).await?;
            let sample = Sample::parse(payload, result)?;
            serde_json::to_string(
                &lives::per_second(&pool, lives.parse()?, workers.parse()?, &sample).await?,
            )?
        }
        ["fill", file, count, payload, result] => {
            backlog::fill(&storage::open(file).await?, count.parse()?, payload, result).await?;
            serde_json::to_string(count)?
        }
        ["dequeues", file, repetitions, payload, result] => {
            let pool = storage::open(file).await?;
            let sample = Sample::parse(payload, result)?;
            serde_json::to_string(&backlog::measure(&pool, repetitions.parse()?, &sample).await?)?
        }
        _ => bail!(USAGE),
    })
}
