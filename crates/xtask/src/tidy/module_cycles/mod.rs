//! No cycles between the files of a crate.
//!
//! A node is a file, an arrow says that a file's code names something that another file defines. What counts:
//!
//! - A name leads to the file that defines it, through re-exports: `crate::transport::Request` leads to
//!   `transport/request.rs` where `transport/mod.rs` has `pub use request::Request`. So siblings do not reach each
//!   other through their parent, and a parent may re-export its children while they use each other.
//! - `mod child;` and `pub use child::Item` are no arrows: a table of contents depends on nothing. Using the
//!   re-exported name in the parent's own code is one.
//! - A parent and its child are files like any others: a parent whose code uses a child that uses the parent's code is
//!   a cycle. The remedy is the same as anywhere, a file for what both need.
//! - An item under `#[cfg(test)]` does not count, a module above all: tests may look at everything. (A method under it,
//!   within an `impl` that is not, counts.)
//!
//! Names are resolved by the text alone, without types and without expanding macros. What is missed: methods (the type
//! or the trait was named somewhere), names that a macro makes up, and local functions called through a bare,
//! re-exported name.

mod arrows;
mod imports;
mod module_tree;
mod names;
mod resolve;

use self::{arrows::Arrows, module_tree::ModuleTree};
use super::{problem::Problem, tree::Tree};

/// Refuses cycles between files, in every crate.
pub(super) fn check(tree: &Tree) -> anyhow::Result<Vec<Problem>> {
    let mut problems = Vec::new();
    for root in tree.files().filter(|file| is_crate_root(file)) {
        match ModuleTree::read(tree, root) {
            Ok(modules) => {
                let arrows = Arrows::of(&modules);
                problems.extend(arrows.cycles().iter().map(|cycle| problem(&modules, &arrows, cycle)));
            }
            // The other crates are checked all the same.
            Err(error) => {
                problems.push(Problem::new(root, format!("{error:#}"), "make the crate compile first"))
            }
        }
    }
    Ok(problems)
}

/// Whether cargo takes `file` for the root of a library or a program.
fn is_crate_root(file: &str) -> bool {
    let parts: Vec<_> = file.split('/').collect();
    match parts[..] {
        ["crates", _, "src", name] => name == "lib.rs" || name == "main.rs",
        ["crates", _, "src", "bin", _] => true,
        ["crates", _, "src", "bin", _, name] => name == "main.rs",
        _ => false,
    }
}

/// Words for a cycle: its files, and for each an arrow that stays in it.
fn problem(modules: &ModuleTree, arrows: &Arrows, cycle: &[usize]) -> Problem {
    let steps: Vec<_> = cycle
        .iter()
        .filter_map(|from| arrows.first_from(*from, cycle))
        .map(|(from, to, name)| format!("{} names `{name}` of {}", modules.short(from), modules.short(to)))
        .collect();
    Problem::new(
        modules.file(cycle[0]),
        format!("a cycle of {} files: {}", cycle.len(), steps.join(", ")),
        "move what both sides need into a file of its own",
    )
}

#[cfg(test)]
mod tests;
