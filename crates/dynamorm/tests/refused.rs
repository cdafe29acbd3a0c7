//! What a user can get wrong when the program is compiled: one case a rule, listed in `docs/refused-at-compile-time.md`.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

#[test]
fn refuses_at_compile_time_with_the_words_that_help() {
    trybuild::TestCases::new().compile_fail("tests/refused/*.rs");
}

mod table {
    use super::*;

    #[test]
    fn lists_every_case_once() {
        let rows = rows();
        let listed: BTreeSet<_> = rows.iter().map(|row| row.case.clone()).collect();

        assert_eq!(listed.len(), rows.len(), "a case is listed twice");
        assert_eq!(listed, cases());
    }

    #[test]
    fn says_what_the_compiler_says() {
        for row in rows() {
            let output = fs::read_to_string(folder().join(format!("{}.stderr", row.case))).unwrap();

            assert!(output.contains(&row.message), "`{}` does not say `{}`", row.case, row.message);
        }
    }
}

/// A row of the table: `| rule | message | [case](…) |`.
struct Row {
    message: String,
    case: String,
}

fn rows() -> Vec<Row> {
    let table = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/refused-at-compile-time.md");
    let text = fs::read_to_string(table).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ") && line.ends_with(".rs) |"));
    rows.map(|line| {
        let [_, message, case] = line.trim_matches(['|', ' ']).split(" | ").collect::<Vec<_>>()[..] else {
            panic!("a row has three cells: {line}");
        };
        let (case, link) = case.trim_start_matches('[').split_once("](").unwrap();
        assert_eq!(link, format!("../crates/dynamorm/tests/refused/{case}.rs)"));
        Row { message: message.to_owned(), case: case.to_owned() }
    })
    .collect()
}

fn cases() -> BTreeSet<String> {
    let files = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let sources = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    sources.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused")
}
