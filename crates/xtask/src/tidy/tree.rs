use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;
use ignore::WalkBuilder;

/// The files of a checkout that git does not ignore.
///
/// Files are named by their path from the root with `/` between the parts, on every platform.
#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    files: Vec<String>,
}

impl Tree {
    /// Lists the files below `root`, sorted.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        // A release archive has no `.git`; `.gitignore` counts there too. `.ci` and `.cargo` are hidden, and checked.
        let walk = WalkBuilder::new(root)
            .hidden(false)
            .require_git(false)
            .parents(false)
            .git_global(false)
            .filter_entry(|entry| entry.file_name() != ".git")
            .build();
        let mut files = Vec::new();
        for entry in walk {
            let entry = entry.with_context(|| format!("`{}` is not readable", root.display()))?;
            if entry.file_type().is_some_and(|kind| kind.is_file()) {
                let path = entry.path().strip_prefix(root)?;
                let parts: Vec<_> =
                    path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
                files.push(parts.join("/"));
            }
        }
        files.sort();
        Ok(Self { root: root.to_owned(), files })
    }

    /// Where the tree lies.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Every file.
    pub(super) fn files(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(String::as_str)
    }

    /// Every file whose name ends in `extension`, which begins with its dot.
    pub(super) fn files_ending(&self, extension: &str) -> impl Iterator<Item = &str> {
        self.files().filter(move |file| file.ends_with(extension))
    }

    /// Whether `file` is in the tree.
    pub(super) fn has(&self, file: &str) -> bool {
        self.files.binary_search_by(|known| known.as_str().cmp(file)).is_ok()
    }

    /// The text of `file`.
    pub(super) fn text(&self, file: &str) -> anyhow::Result<String> {
        let bytes = self.bytes(file)?;
        String::from_utf8(bytes).with_context(|| format!("`{file}` is not UTF-8"))
    }

    /// The bytes of `file`.
    pub(super) fn bytes(&self, file: &str) -> anyhow::Result<Vec<u8>> {
        fs::read(self.root.join(file)).with_context(|| format!("`{file}` is not readable"))
    }
}

#[cfg(test)]
mod tests {
    use crate::tidy::fixture::Fixture;

    mod tree {
        use super::*;

        #[test]
        fn leaves_out_what_git_ignores() {
            let fixture = Fixture::new(&[(".gitignore", "/target\n"), ("target/a.rs", ""), (".ci/run", "")]);

            let files: Vec<_> = fixture.tree().files().collect();

            assert_eq!(files, [".ci/run", ".gitignore"]);
        }
    }
}
