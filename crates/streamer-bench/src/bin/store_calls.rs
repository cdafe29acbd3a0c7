//! Measures the stores on one engine and prints what it found as one line of JSON, for `cargo bench` to read.

use std::{env, path::Path};

use anyhow::bail;
use streamer_bench::{backlog, calls, cost, ended, engine::Engine, lives};
use tokio::runtime::Builder;

const USAGE: &str = "give `calls ENGINE REPETITIONS`, `lives ENGINE LIVES WORKERS`, `costs ENGINE`, \
    `fill FILE COUNT` or `dequeues FILE REPETITIONS`, as `cargo bench` does";

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // As many threads as `streamer serve` has: one for each processor.
    let runtime = Builder::new_multi_thread().enable_all().build()?;
    let line = runtime.block_on(measure(&arguments))?;
    println!("{line}");
    Ok(())
}

async fn measure(arguments: &[&str]) -> anyhow::Result<String> {
    Ok(match arguments {
        ["calls", engine, repetitions] => {
            let stores = engine.parse::<Engine>()?.stores().await?;
            serde_json::to_string(&calls::measure(&stores, repetitions.parse()?).await?)?
        }
        ["lives", engine, lives, workers] => {
            let stores = engine.parse::<Engine>()?.stores().await?;
            serde_json::to_string(&lives::per_second(&stores, lives.parse()?, workers.parse()?).await?)?
        }
        ["costs", engine] => {
            let stores = engine.parse::<Engine>()?.stores().await?;
            serde_json::to_string(&cost::of_each_operation(&stores).await?)?
        }
        ["fill", file, count] => {
            ended::fill(Path::new(file), count.parse()?).await?;
            serde_json::to_string(count)?
        }
        ["dequeues", file, repetitions] => {
            serde_json::to_string(&backlog::measure(Path::new(file), repetitions.parse()?).await?)?
        }
        _ => bail!(USAGE),
    })
}
