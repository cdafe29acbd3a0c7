use super::{problem::Problem, tree::Tree};

/// Names that say nothing about what is inside, and so attract anything.
const REFUSED: &[&str] = &["utils", "helpers", "common", "misc", "manager"];

/// Refuses Rust files, and folders of them, with a name that says nothing.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in tree.files_ending(".rs") {
        for part in file.trim_end_matches(".rs").split('/').filter(|part| REFUSED.contains(part)) {
            problems.push(Problem::new(
                file,
                format!("the name `{part}` says nothing"),
                "name it by the concept inside",
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::problems;

    mod file_names {
        use super::*;

        #[test]
        fn allow_a_concept() {
            let found = problems(check, &[("src/key.rs", ""), ("src/manager_of_locks.rs", "")]);

            assert!(found.is_empty(), "{found:?}");
        }

        #[test]
        fn refuse_an_empty_word_as_file_and_as_folder() {
            let found = problems(check, &[("src/utils.rs", ""), ("tests/common/mod.rs", "")]);

            assert_eq!(
                found,
                [
                    "src/utils.rs: the name `utils` says nothing; name it by the concept inside",
                    "tests/common/mod.rs: the name `common` says nothing; name it by the concept inside",
                ]
            );
        }
    }
}
