//! `cargo xtask tidy`: fast checks of the source tree's structure, a file each.

mod crate_arrows;
mod file_length;
mod file_names;
#[cfg(test)]
mod fixture;
mod forbidden_words;
mod markdown;
mod module_cycles;
mod problem;
mod sister_files;
mod tree;

use std::path::Path;

use anyhow::bail;

use self::{problem::Problem, tree::Tree};

/// A check: what is wrong with the tree, or why that cannot be told.
type Check = fn(&Tree) -> anyhow::Result<Vec<Problem>>;

const CHECKS: &[(&str, Check)] = &[
    ("crate arrows", crate_arrows::check),
    ("module cycles", module_cycles::check),
    ("sister files", sister_files::check),
    ("file length", file_length::check),
    ("file names", file_names::check),
    ("forbidden words", forbidden_words::check),
    ("markdown", markdown::check),
];

/// Runs every check on the checkout at `root` and prints what each found.
///
/// A check that cannot do its work counts as failed and keeps none of the others from running.
pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let tree = Tree::read(root)?;
    let mut failed = 0;
    for (name, check) in CHECKS {
        let problems = match check(&tree) {
            Ok(problems) if problems.is_empty() => continue,
            Ok(problems) => problems.iter().map(Problem::to_string).collect(),
            Err(error) => vec![format!("the check cannot be made: {error:#}")],
        };
        failed += problems.len();
        for problem in problems {
            eprintln!("{name}: {problem}");
        }
    }
    if failed > 0 {
        bail!("the tree is untidy in {failed} places");
    }
    println!("tidy: {} checks, {} files", CHECKS.len(), tree.files().count());
    Ok(())
}
