use std::collections::{BTreeMap, BTreeSet};

use super::{imports::Import, module_tree::ModuleTree, resolve::Target};

/// Which file's code names something of which other file, with a path that does.
#[derive(Debug, Default)]
pub(super) struct Arrows {
    arrows: BTreeMap<(usize, usize), String>,
}

impl Arrows {
    /// The arrows between the files of a crate.
    pub(super) fn of(modules: &ModuleTree) -> Self {
        let mut arrows = Self::default();
        for (number, module) in modules.modules() {
            for import in module.imports.iter().chain(&module.names.imports) {
                match modules.resolve(number, &import.path) {
                    Some(target) if !is_table_of_contents(modules, number, import, target) => {
                        arrows.add(modules, number, target, &import.path);
                    }
                    _ => {}
                }
            }
            for path in &module.names.paths {
                match modules.resolve(number, path) {
                    Some(target) if !may_be_a_variable(path) => arrows.add(modules, number, target, path),
                    _ => {}
                }
            }
        }
        arrows
    }

    fn add(&mut self, modules: &ModuleTree, from: usize, to: Target, path: &[String]) {
        let ends = (modules.module(from).file, modules.module(to.module()).file);
        if ends.0 != ends.1 {
            self.arrows.entry(ends).or_insert_with(|| path.join("::"));
        }
    }

    /// The strongly connected sets of two files or more, sorted.
    ///
    /// By a search from each file rather than Tarjan's algorithm: a crate has dozens of files, and this can be read.
    pub(super) fn cycles(&self) -> Vec<Vec<usize>> {
        let files: BTreeSet<usize> = self.arrows.keys().map(|(from, _)| *from).collect();
        let reached: BTreeMap<usize, BTreeSet<usize>> =
            files.iter().map(|file| (*file, self.reachable(*file))).collect();
        let reaches = |from: usize, to: usize| reached.get(&from).is_some_and(|files| files.contains(&to));
        let cycles: BTreeSet<Vec<usize>> = files
            .iter()
            .map(|file| {
                files.iter().copied().filter(|other| reaches(*file, *other) && reaches(*other, *file))
            })
            .map(Iterator::collect)
            .filter(|cycle: &Vec<usize>| cycle.len() > 1)
            .collect();
        cycles.into_iter().collect()
    }

    /// The files that `file` leads to over one arrow or more.
    fn reachable(&self, file: usize) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut open = vec![file];
        while let Some(from) = open.pop() {
            let next = self.arrows.range((from, 0)..=(from, usize::MAX)).map(|((_, to), _)| *to);
            open.extend(next.filter(|to| reached.insert(*to)));
        }
        reached
    }

    /// An arrow from `file` to another of `cycle`: its two ends and its path.
    pub(super) fn first_from(&self, file: usize, cycle: &[usize]) -> Option<(usize, usize, &str)> {
        self.arrows
            .range((file, 0)..=(file, usize::MAX))
            .find(|((_, to), _)| cycle.contains(to))
            .map(|((from, to), path)| (*from, *to, path.as_str()))
    }
}

/// Whether `import` only passes on what lies inside its module.
fn is_table_of_contents(modules: &ModuleTree, module: usize, import: &Import, target: Target) -> bool {
    import.is_reexport && modules.is_within(target.module(), module)
}

/// Whether the path is one name in lower case: a variable or a field is as likely as a function.
///
/// Nothing is lost where it was imported: then the import is an arrow.
fn may_be_a_variable(path: &[String]) -> bool {
    matches!(path, [name] if name.starts_with(|first: char| first.is_ascii_lowercase()))
}
