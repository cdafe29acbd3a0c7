//! The table of other mappers' bugs in `docs/suite.md` names claims that exist.

use std::{collections::BTreeSet, fs, path::PathBuf};

use crate::case;

/// How many bugs the table must list.
const BUGS: usize = 19;

struct Row {
    number: usize,
    claims: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(root().join("docs/suite.md")).unwrap();
    let (_, table) = text.split_once("## Bugs of other mappers").unwrap();
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
    let tests = root().join("crates/dynamorm/tests");
    match name.split_once("::") {
        Some(("refused", file)) => tests.join("refused").join(file).with_extension("rs").is_file(),
        Some(("seam", path)) => {
            let Some((modules, test)) = path.rsplit_once("::") else { return false };
            let mut modules = modules.split("::");
            let file = tests.join("seam").join(modules.next().unwrap_or_default()).with_extension("rs");
            let text = fs::read_to_string(file).unwrap_or_default();
            text.contains(&format!("fn {test}("))
                && modules.all(|module| text.contains(&format!("mod {module} {{")))
        }
        _ => cases.contains(name),
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_bug_has_a_row_with_a_claim() {
    let rows = rows();

    let numbers: Vec<_> = rows.iter().map(|row| row.number).collect();
    assert_eq!(numbers, (1..=BUGS).collect::<Vec<_>>());
    for row in &rows {
        assert!(!names(&row.claims).is_empty(), "bug {}", row.number);
    }
}

#[test]
fn every_claim_exists() {
    let cases: BTreeSet<_> = case::all().map(|case| case.name()).collect();

    let missing: Vec<_> = rows()
        .iter()
        .flat_map(|row| names(&row.claims).into_iter().map(str::to_owned).collect::<Vec<_>>())
        .filter(|name| !is_there(name, &cases))
        .collect();

    assert_eq!(missing, [""; 0]);
}

#[test]
fn a_claim_that_nothing_bears_is_noticed() {
    let cases = BTreeSet::from(["put_item::replaces".to_owned()]);

    for name in ["put_item::gone", "seam::batch::gone", "seam::gone::test", "refused::gone"] {
        assert!(!is_there(name, &cases), "{name}");
    }
    assert!(is_there("put_item::replaces", &cases));
}
