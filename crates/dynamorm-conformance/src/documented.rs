//! The tables of bugs in `docs/suite.md` name claims that exist.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::case;

/// A table of `docs/suite.md`, by its heading, and how many bugs it must list.
const TABLES: [(&str, usize); 2] =
    [("## Bugs of other mappers", 19), ("## Bugs of the Go streamer's store", 14)];

struct Row {
    number: usize,
    claims: String,
}

fn rows(heading: &str) -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/suite.md")).unwrap();
    let (_, rest) = text.split_once(heading).unwrap();
    let table = rest.split("\n## ").next().unwrap_or_default();
    let rows = table.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
        Some(Row { number: cells.first()?.parse().ok()?, claims: (*cells.last()?).to_owned() })
    });
    rows.collect()
}

/// What stands in backticks and has parts, as names of tests do.
fn names(claims: &str) -> Vec<&str> {
    claims.split('`').skip(1).step_by(2).filter(|name| name.contains("::")).collect()
}

fn is_there(name: &str, cases: &BTreeSet<String>) -> bool {
    let mapper = root().join("crates/dynamorm/tests");
    let store = root().join("crates/streamer-store/tests");
    match name.split_once("::") {
        Some(("refused", file)) => mapper.join("refused").join(file).with_extension("rs").is_file(),
        Some((folder @ ("seam" | "change_records"), path)) => {
            let (file, path) = path.split_once("::").unwrap_or_default();
            is_test(mapper.join(folder).join(file), path)
        }
        Some((file @ ("connections" | "factory"), path)) => is_test(store.join(file), path),
        Some(("contract", path)) => {
            let (file, claim) = path.split_once("::").unwrap_or_default();
            let file = store.join("contract").join(file).with_extension("rs");
            // A function that the list of its file leaves out would be one that nothing calls.
            fs::read_to_string(file)
                .is_ok_and(|text| text.contains(&format!("\nasync fn {claim}(stage: Stage)")))
        }
        _ => cases.contains(name),
    }
}

/// Whether the file has a test of this path.
fn is_test(file: PathBuf, path: &str) -> bool {
    let Ok(text) = fs::read_to_string(file.with_extension("rs")) else { return false };
    let path: Vec<&str> = path.split("::").collect();
    has_test(&syn::parse_file(&text).unwrap().items, &path)
}

/// Whether there is a test of this path.
fn has_test(items: &[syn::Item], path: &[&str]) -> bool {
    items.iter().any(|item| match (item, path) {
        (syn::Item::Fn(function), [name]) => {
            let is_test = |attribute: &syn::Attribute| {
                attribute.path().segments.last().is_some_and(|last| last.ident == "test")
            };
            function.sig.ident == name && function.attrs.iter().any(is_test)
        }
        (syn::Item::Mod(module), [name, path @ ..]) if module.ident == name => {
            module.content.as_ref().is_some_and(|(_, items)| has_test(items, path))
        }
        _ => false,
    })
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_bug_has_a_row_with_a_claim() {
    for (heading, bugs) in TABLES {
        let rows = rows(heading);

        let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
        assert_eq!(numbers, (1..=bugs).collect::<Vec<_>>(), "{heading}");
        for row in &rows {
            assert!(!names(&row.claims).is_empty(), "{heading}: bug {}", row.number);
        }
    }
}

#[test]
fn every_claim_exists() {
    let cases: BTreeSet<_> = case::all().map(|case| case.name()).collect();

    let missing: Vec<_> = TABLES
        .iter()
        .flat_map(|(heading, _)| rows(heading))
        .flat_map(|row| names(&row.claims).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|name| !is_there(name, &cases))
        .collect();

    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_claim_that_nothing_bears_is_noticed() {
    let cases = BTreeSet::from(["put_item::replaces".to_owned()]);

    // The last two are a test of another module, and a function that is no test.
    let absent = [
        "put_item::gone",
        "seam::gone::test",
        "refused::gone",
        "seam::batch::asks_again_for_what_was_left_out_and_for_nothing_else",
        "seam::batch::keys_of",
        "contract::queue::gone",
        "factory::gone",
    ];
    for name in absent {
        assert!(!is_there(name, &cases), "{name}");
    }
    assert!(is_there("put_item::replaces", &cases));
    assert!(is_there("seam::batch::batch_get::shows_all_of_its_requests", &cases));
}
