use super::{problem::Problem, tree::Tree};

/// A file that passes this holds two concepts.
const MAX_LINES: usize = 500;

/// Refuses Rust files, tests included, of more than [`MAX_LINES`] lines.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in tree.files_ending(".rs") {
        let lines = tree.text(file)?.lines().count();
        if lines > MAX_LINES {
            problems.push(Problem::new(
                file,
                format!("{lines} lines; the limit is {MAX_LINES}"),
                "split it, one concept a file",
            ));
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::problems;

    mod file_length {
        use super::*;

        #[test]
        fn allows_five_hundred_lines_and_not_one_more() {
            let fits = "//\n".repeat(MAX_LINES);
            let long = "//\n".repeat(MAX_LINES + 1);

            let found =
                problems(check, &[("src/fits.rs", &fits), ("tests/long.rs", &long), ("a.json", &long)]);

            assert_eq!(found, ["tests/long.rs: 501 lines; the limit is 500; split it, one concept a file"]);
        }
    }
}
