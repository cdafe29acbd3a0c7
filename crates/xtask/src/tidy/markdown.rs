use pulldown_cmark::{Event, Parser, Tag};

use super::{problem::Problem, tree::Tree};

/// The code map stays short enough to be read whole.
const MAX_ARCHITECTURE_LINES: usize = 200;

/// Refuses relative links to files that are not there, and an `ARCHITECTURE.md` that is too long.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for file in tree.files_ending(".md") {
        let text = tree.text(file)?;
        for target in links(&text) {
            if !is_target(tree, file, &target) {
                problems.push(Problem::new(
                    file,
                    format!("links to `{target}`, which is not there"),
                    "correct the link or add the file",
                ));
            }
        }
        let lines = text.lines().count();
        if file == "ARCHITECTURE.md" && lines > MAX_ARCHITECTURE_LINES {
            problems.push(Problem::new(
                file,
                format!("{lines} lines; the limit is {MAX_ARCHITECTURE_LINES}"),
                "move details into the documentation of the code",
            ));
        }
    }
    Ok(problems)
}

/// The files that a text's relative links and images name, without fragments.
fn links(text: &str) -> Vec<String> {
    Parser::new(text)
        .filter_map(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
            _ => None,
        })
        .filter(|url| !url.contains("://") && !url.starts_with("mailto:"))
        .filter_map(|url| url.split('#').next().map(str::to_owned))
        .filter(|path| !path.is_empty())
        .collect()
}

/// Whether `link`, written in `file`, leads to a file or a folder of the tree.
fn is_target(tree: &Tree, file: &str, link: &str) -> bool {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    let folder = format!("{path}/");
    path.is_empty() || tree.has(&path) || tree.files().any(|file| file.starts_with(&folder))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::fixture::problems;

    mod links {
        use super::*;

        #[test]
        fn lead_to_files_folders_and_the_web() {
            let readme =
                "[a](docs/a.md#part) [b](docs) [c](#here) [d](https://example.com/x)\n\n    [e](code)\n";
            let files = [("README.md", readme), ("docs/a.md", "[up](../README.md)")];

            let found = problems(check, &files);

            assert!(found.is_empty(), "{found:?}");
        }

        #[test]
        fn to_nowhere_are_refused() {
            let files = [
                ("README.md", "[a](docs/b.md)"),
                ("docs/a.md", "![picture][x]\n\n[x]: ../../x.svg"),
                ("x.svg", "above the root there is none"),
            ];

            let found = problems(check, &files);

            assert_eq!(
                found,
                [
                    "README.md: links to `docs/b.md`, which is not there; correct the link or add the file",
                    "docs/a.md: links to `../../x.svg`, which is not there; correct the link or add the file",
                ]
            );
        }
    }

    mod architecture {
        use super::*;

        #[test]
        fn has_two_hundred_lines_at_most() {
            let fits = problems(check, &[("ARCHITECTURE.md", &"line\n".repeat(200))]);
            let long = problems(check, &[("ARCHITECTURE.md", &"line\n".repeat(201))]);

            assert!(fits.is_empty(), "{fits:?}");
            assert_eq!(long.len(), 1, "{long:?}");
        }
    }
}
