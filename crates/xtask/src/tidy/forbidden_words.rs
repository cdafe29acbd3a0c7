use super::{problem::Problem, tree::Tree};

/// A word that must not stand in a committed text.
struct Word {
    text: &'static str,
    /// Where it counts: the end of the file's name, empty for every file.
    files: &'static str,
    remedy: &'static str,
}

const WORDS: &[Word] = &[
    Word { text: "todo!(", files: "", remedy: "build it, or return an error that says what to do instead" },
    Word {
        text: "unimplemented!(",
        files: "",
        remedy: "name every case, or return an error that says what to do instead",
    },
    Word {
        text: "#[ignore]",
        files: ".rs",
        remedy: "give the reason as `#[ignore = \"...\"]`, or delete the test",
    },
];

/// This crate has to name the words.
const EXEMPT: &str = "crates/xtask/";

/// Refuses words that mark unfinished work.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in tree.files().filter(|file| !file.starts_with(EXEMPT)) {
        let bytes = tree.bytes(file)?;
        let Ok(text) = str::from_utf8(&bytes) else { continue };
        for (index, line) in text.lines().enumerate() {
            for word in WORDS.iter().filter(|word| file.ends_with(word.files) && line.contains(word.text)) {
                problems.push(Problem::new(
                    format!("{file}:{}", index + 1),
                    format!("`{}` is forbidden", word.text),
                    word.remedy,
                ));
            }
        }
    }
    Ok(problems)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::problems;

    mod forbidden_words {
        use super::*;

        #[test]
        fn allow_a_reason_and_the_words_of_prose() {
            let files = [("src/lib.rs", "#[ignore = \"needs a network\"]\n"), ("A.md", "no `todo!` here\n")];

            let found = problems(check, &files);

            assert!(found.is_empty(), "{found:?}");
        }

        #[test]
        fn refuse_each_at_its_line() {
            let text = "fn a() {\n    todo!()\n}\nfn b() { unimplemented!(\"b\") }\n#[ignore]\n";

            let found = problems(check, &[("src/lib.rs", text), ("crates/xtask/src/lib.rs", text)]);

            let places: Vec<_> = found.iter().filter_map(|problem| problem.split(" is ").next()).collect();
            assert_eq!(
                places,
                ["src/lib.rs:2: `todo!(`", "src/lib.rs:4: `unimplemented!(`", "src/lib.rs:5: `#[ignore]`"]
            );
        }
    }
}
