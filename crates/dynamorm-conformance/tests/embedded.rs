//! The suite on the embedded engine: in memory, in a file, and where an answer never holds all that was asked for.

use std::process::ExitCode;

use dynamorm::{
    Db, Error, ErrorKind,
    testing::{Fault, Faults},
};
use dynamorm_conformance::{Engine, run};

/// Cases that say how much one page holds.
const CASES_OF_WHOLE_PAGES: &[&str] = &[
    "collection::keeps_an_unknown_item_on_request",
    "query::a_filtered_page_may_be_empty_and_not_the_last",
    "query::a_page_counts_what_it_read_and_what_matched",
    "query::reads_its_own_writes_consistently",
    "query::reads_one_partition_in_the_order_of_its_sort_keys",
    "scan::meets_only_items_of_its_model_in_a_shared_table",
    "scan::says_what_it_read_and_consumed",
    "sort_key::conditions_read_nothing_else",
];

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
        // What a page or a batch leaves over is a caller's daily bread, which small tests never meet by themselves.
        Engine::new("embedded_in_small_answers", |_| async {
            let (db, faults) = Faults::under(Db::memory()?);
            faults.on_any().inject(Fault::PartialPage(2));
            faults.on_any().with_probability(0.5).inject(Fault::Unprocessed(1));
            Ok(db)
        })
        .except(CASES_OF_WHOLE_PAGES, "a page holds two items at most"),
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
