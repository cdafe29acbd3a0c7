//! The suite on the embedded engine: in memory, and in a file.

use std::process::ExitCode;

use dynamorm::{Db, Error, ErrorKind};
use dynamorm_conformance::{Engine, run};

fn main() -> ExitCode {
    let folder = match tempfile::tempdir() {
        Ok(folder) => folder,
        Err(error) => {
            eprintln!("no folder for the databases: {error}");
            return ExitCode::FAILURE;
        }
    };
    let path = folder.path().to_owned();
    run(&[
        Engine::new("embedded_in_memory", |_| async { Db::memory() }),
        Engine::new("embedded_in_a_file", move |isolation| {
            let file = path.join(format!("{isolation}.db"));
            async move {
                // Opening blocks for some milliseconds.
                let opened = tokio::task::spawn_blocking(move || Db::embedded(file)).await;
                opened.map_err(|error| {
                    Error::new(ErrorKind::Unavailable, "the opening broke off").with_source(error)
                })?
            }
        }),
    ])
}
