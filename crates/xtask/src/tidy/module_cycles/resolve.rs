use super::{
    imports::Import,
    module_tree::{Module, ModuleTree},
};

/// What a path leads to within the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A module itself.
    Module(usize),
    /// Something that this module defines.
    Item(usize),
}

impl Target {
    /// The module, or the one that defines the item.
    pub(super) fn module(self) -> usize {
        match self {
            Self::Module(module) | Self::Item(module) => module,
        }
    }
}

/// How many imports a name may pass through: more is a circle of globs.
const MAX_DEPTH: u8 = 16;

impl ModuleTree {
    /// Where the path `path`, written in module `from`, leads; nothing for another crate, a local variable, a generic.
    pub(super) fn resolve(&self, from: usize, path: &[String]) -> Option<Target> {
        self.resolve_within(from, path, MAX_DEPTH)
    }

    fn resolve_within(&self, from: usize, path: &[String], depth: u8) -> Option<Target> {
        let depth = depth.checked_sub(1)?;
        let (first, mut rest) = path.split_first()?;
        let mut target = match first.as_str() {
            "self" => Target::Module(from),
            "super" => {
                let mut module = self.module(from).parent?;
                while let Some((next, tail)) = rest.split_first()
                    && next == "super"
                {
                    module = self.module(module).parent?;
                    rest = tail;
                }
                Target::Module(module)
            }
            name if self.is_root(name) => Target::Module(0),
            name => self.lookup(from, name, depth)?,
        };
        for segment in rest {
            // What follows an item is its variant or associated item.
            let Target::Module(module) = target else { break };
            // A name that is not seen here was made by a macro, or passed on from another crate: of this file, both.
            target = self.lookup(module, segment, depth).unwrap_or(Target::Item(module));
        }
        Some(target)
    }

    /// What `name` means in `module`: what it declares, then what it imports by name, then what its globs bring.
    fn lookup(&self, module: usize, name: &str, depth: u8) -> Option<Target> {
        let Module { children, items, imports, .. } = self.module(module);
        if let Some(child) = children.get(name) {
            return Some(Target::Module(*child));
        }
        if items.contains(name) {
            return Some(Target::Item(module));
        }
        let named = |import: &&Import| import.name.as_deref() == Some(name);
        if let Some(import) = imports.iter().find(named) {
            return self.resolve_within(module, &import.path, depth);
        }
        imports.iter().filter(|import| import.name.is_none()).find_map(|import| {
            match self.resolve_within(module, &import.path, depth)? {
                Target::Module(source) if source != module => {
                    self.lookup(source, name, depth.checked_sub(1)?)
                }
                _ => None,
            }
        })
    }
}
