use std::fs;

use tempfile::TempDir;

use super::{problem::Problem, tree::Tree};

/// A small source tree in a folder of its own, removed when dropped.
pub(super) struct Fixture {
    tree: Tree,
    _folder: TempDir,
}

impl Fixture {
    /// Writes `files`, each a path and a text.
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self { tree: Tree::read(folder.path()).unwrap(), _folder: folder }
    }

    pub(super) fn tree(&self) -> &Tree {
        &self.tree
    }
}

/// What `check` prints about a tree of `files`.
pub(super) fn problems(
    check: fn(&Tree) -> anyhow::Result<Vec<Problem>>,
    files: &[(&str, &str)],
) -> Vec<String> {
    check(Fixture::new(files).tree()).unwrap().iter().map(Problem::to_string).collect()
}
