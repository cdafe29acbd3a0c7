use syn::{ItemUse, UseTree, Visibility};

/// A name that a `use` brings into its module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Import {
    /// The segments as written, without the `*` of a glob.
    pub(super) path: Vec<String>,
    /// The new name; nothing for a glob.
    pub(super) name: Option<String>,
    /// Whether the module passes the name on.
    pub(super) is_reexport: bool,
}

impl Import {
    /// The names that `item` brings in, one by one.
    pub(super) fn all_of(item: &ItemUse) -> Vec<Self> {
        let is_reexport = !matches!(item.vis, Visibility::Inherited);
        let mut imports = Vec::new();
        flatten(&item.tree, &[], &mut |path, name| imports.push(Self { path, name, is_reexport }));
        imports
    }
}

fn flatten(tree: &UseTree, prefix: &[String], found: &mut impl FnMut(Vec<String>, Option<String>)) {
    let joined = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &joined(&path.ident), found),
        UseTree::Group(group) => group.items.iter().for_each(|tree| flatten(tree, prefix, found)),
        UseTree::Glob(_) => found(prefix.to_vec(), None),
        // `a::{self}` names `a`; a `self` that stands first is a path's start.
        UseTree::Name(name) if name.ident == "self" => found(prefix.to_vec(), prefix.last().cloned()),
        UseTree::Rename(name) if name.ident == "self" && !prefix.is_empty() => {
            found(prefix.to_vec(), Some(name.rename.to_string()));
        }
        UseTree::Name(name) => found(joined(&name.ident), Some(name.ident.to_string())),
        UseTree::Rename(name) => found(joined(&name.ident), Some(name.rename.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod imports {
        use super::*;

        #[test]
        fn take_a_tree_apart() {
            let item = syn::parse_str("pub use a::{self, b::C, D as E, f::*};").unwrap();

            let imports: Vec<_> = Import::all_of(&item)
                .into_iter()
                .map(|import| (import.path.join("::"), import.name))
                .collect();

            let name = |name: &str| Some(name.to_owned());
            let expected = [("a", name("a")), ("a::b::C", name("C")), ("a::D", name("E")), ("a::f", None)];
            assert_eq!(imports, expected.map(|(path, name)| (path.to_owned(), name)));
        }
    }
}
