use std::collections::BTreeSet;

use anyhow::Context as _;
use proc_macro2::TokenTree;
use syn::Item;

use super::{problem::Problem, tree::Tree};

/// Where the operations' names stand.
const OPERATIONS: &str = "crates/dynamorm-core/src/transport/operation.rs";

/// The folders in which an operation has a file of its name.
const LAYERS: &[&str] =
    &["crates/dynamorm-core/src/wire", "crates/dynamorm/src/verb", "crates/dynamorm-conformance/src/case"];

/// A sister that an operation does without.
struct Exception {
    operation: &'static str,
    layer: &'static str,
    /// Why there is nothing to say about the operation in this layer.
    reason: &'static str,
}

const EXCEPTIONS: &[Exception] = &[];

/// Refuses an operation that has a file in one layer and none of the same name in another.
///
/// So that a feature is a row of files of one name. Files of other names are free.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    check_with(tree, EXCEPTIONS)
}

fn check_with(tree: &Tree, exceptions: &[Exception]) -> anyhow::Result<Vec<Problem>> {
    if !tree.has(OPERATIONS) {
        return Ok(vec![Problem::new(OPERATIONS, "not there", "keep the operations' names in this file")]);
    }
    let operations = operations(&tree.text(OPERATIONS)?).with_context(|| format!("`{OPERATIONS}`"))?;
    if operations.is_empty() {
        return Ok(vec![Problem::new(
            OPERATIONS,
            "names no operation",
            "list them in `operations! { ... }`",
        )]);
    }

    let built: BTreeSet<&String> = operations
        .iter()
        .filter(|operation| LAYERS.iter().any(|layer| has(tree, layer, operation)))
        .collect();
    let mut problems = Vec::new();
    for operation in built {
        for layer in LAYERS {
            let exception = exceptions
                .iter()
                .find(|exception| exception.operation == operation && exception.layer == *layer);
            let path = format!("{layer}/{operation}.rs");
            match (has(tree, layer, operation), exception) {
                (false, None) => problems.push(Problem::new(
                    path,
                    format!("`{operation}` has a file in another layer and none here"),
                    "add it, or an exception with its reason",
                )),
                (true, Some(exception)) => problems.push(Problem::new(
                    path,
                    format!("the file is there in spite of an exception ({})", exception.reason),
                    "remove the exception",
                )),
                (true, None) | (false, Some(_)) => {}
            }
        }
    }
    Ok(problems)
}

/// Whether `layer` has a file, or a folder with its module, for `operation`.
fn has(tree: &Tree, layer: &str, operation: &str) -> bool {
    tree.has(&format!("{layer}/{operation}.rs")) || tree.has(&format!("{layer}/{operation}/mod.rs"))
}

/// The operations in `source`, in snake case: what its invocation of `operations!` lists.
fn operations(source: &str) -> anyhow::Result<Vec<String>> {
    let file = syn::parse_file(source)?;
    let lists = file.items.into_iter().filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.is_ident("operations") => Some(item.mac.tokens),
        _ => None,
    });
    Ok(lists
        .flatten()
        .filter_map(|token| match token {
            TokenTree::Ident(name) => Some(snake_case(&name.to_string())),
            _ => None,
        })
        .collect())
}

/// `PutItem` as `put_item`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::{Fixture, problems};

    const NAMES: (&str, &str) = (
        OPERATIONS,
        "macro_rules! operations { () => {} }\noperations! { PutItem, Query, UpdateTimeToLive }\n",
    );

    mod sisters {
        use super::*;

        #[test]
        fn in_every_layer_are_tidy_and_other_names_free() {
            let found = problems(
                check,
                &[
                    NAMES,
                    ("crates/dynamorm-core/src/wire/put_item.rs", ""),
                    ("crates/dynamorm-core/src/wire/key_condition.rs", ""),
                    ("crates/dynamorm/src/verb/put_item.rs", ""),
                    ("crates/dynamorm-conformance/src/case/put_item/mod.rs", ""),
                ],
            );

            assert!(found.is_empty(), "{found:?}");
        }

        #[test]
        fn are_missed_in_each_layer_even_where_the_folder_is_absent() {
            let found = problems(
                check,
                &[
                    NAMES,
                    ("crates/dynamorm-core/src/wire/update_time_to_live.rs", ""),
                    ("crates/dynamorm/src/verb/query.rs", ""),
                ],
            );

            let files: Vec<_> = found.iter().filter_map(|problem| problem.split(": ").next()).collect();
            assert_eq!(
                files,
                [
                    "crates/dynamorm-core/src/wire/query.rs",
                    "crates/dynamorm-conformance/src/case/query.rs",
                    "crates/dynamorm/src/verb/update_time_to_live.rs",
                    "crates/dynamorm-conformance/src/case/update_time_to_live.rs",
                ]
            );
        }

        #[test]
        fn without_operations_are_refused() {
            let found = problems(check, &[(OPERATIONS, "pub enum Operation { PutItem }")]);

            assert_eq!(
                found,
                [format!("{OPERATIONS}: names no operation; list them in `operations! {{ ... }}`")]
            );
        }
    }

    mod exception {
        use super::*;

        const EXCEPTIONS: &[Exception] =
            &[Exception { operation: "query", layer: LAYERS[2], reason: "tested by scan" }];

        #[test]
        fn excuses_a_missing_sister() {
            let fixture = Fixture::new(&[
                NAMES,
                ("crates/dynamorm-core/src/wire/query.rs", ""),
                ("crates/dynamorm/src/verb/query.rs", ""),
            ]);

            let found = check_with(fixture.tree(), EXCEPTIONS).unwrap();

            assert!(found.is_empty(), "{found:?}");
        }

        #[test]
        fn that_is_no_longer_needed_is_refused() {
            let fixture = Fixture::new(&[
                NAMES,
                ("crates/dynamorm-core/src/wire/query.rs", ""),
                ("crates/dynamorm/src/verb/query.rs", ""),
                ("crates/dynamorm-conformance/src/case/query.rs", ""),
            ]);

            let found = check_with(fixture.tree(), EXCEPTIONS).unwrap();

            assert_eq!(found.len(), 1, "{found:?}");
        }
    }
}
