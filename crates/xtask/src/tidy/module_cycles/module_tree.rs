use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, bail};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta, Token, punctuated::Punctuated};

use super::{imports::Import, names::Names};
use crate::tidy::tree::Tree;

/// The modules of one crate, without those of its tests.
#[derive(Debug)]
pub(super) struct ModuleTree {
    /// The first one is the root.
    modules: Vec<Module>,
    files: Vec<String>,
    /// The folder of the root: the part of a file's name that says nothing in a message.
    folder: String,
    /// Names that stand for the root in any path, by `extern crate self as name`.
    aliases: BTreeSet<String>,
}

/// A module, in a file of its own or in braces.
#[derive(Debug, Default)]
pub(super) struct Module {
    pub(super) file: usize,
    pub(super) parent: Option<usize>,
    pub(super) children: BTreeMap<String, usize>,
    /// The names of what is defined here.
    pub(super) items: BTreeSet<String>,
    pub(super) imports: Vec<Import>,
    pub(super) names: Names,
}

impl ModuleTree {
    /// Reads the crate with this root file.
    pub(super) fn read(tree: &Tree, root: &str) -> anyhow::Result<Self> {
        let folder = folder(root);
        let mut modules =
            Self { modules: Vec::new(), files: Vec::new(), folder: folder.clone(), aliases: BTreeSet::new() };
        modules.read_file(tree, root, &folder, None)?;
        Ok(modules)
    }

    pub(super) fn module(&self, module: usize) -> &Module {
        &self.modules[module]
    }

    /// Every module with its number.
    pub(super) fn modules(&self) -> impl Iterator<Item = (usize, &Module)> {
        self.modules.iter().enumerate()
    }

    /// A file's path from the root of the checkout.
    pub(super) fn file(&self, file: usize) -> &str {
        &self.files[file]
    }

    /// A file's path from its crate's folder.
    pub(super) fn short(&self, file: usize) -> &str {
        self.files[file].strip_prefix(&self.folder).unwrap_or(&self.files[file]).trim_start_matches('/')
    }

    /// Whether `name` stands for the root.
    pub(super) fn is_root(&self, name: &str) -> bool {
        name == "crate" || self.aliases.contains(name)
    }

    /// Whether `inner` is `outer` or lies in it.
    pub(super) fn is_within(&self, inner: usize, outer: usize) -> bool {
        let mut module = Some(inner);
        while let Some(current) = module {
            if current == outer {
                return true;
            }
            module = self.modules[current].parent;
        }
        false
    }

    /// Reads a module's file; the files of its children lie in `folder`.
    fn read_file(
        &mut self,
        tree: &Tree,
        path: &str,
        folder: &str,
        parent: Option<usize>,
    ) -> anyhow::Result<Option<usize>> {
        let syntax = syn::parse_file(&tree.text(path)?).with_context(|| format!("`{path}` is not Rust"))?;
        if is_test(&syntax.attrs) {
            return Ok(None);
        }
        self.files.push(path.to_owned());
        let file = self.files.len() - 1;
        self.read_module(tree, file, folder, parent, &syntax.items).map(Some)
    }

    fn read_module(
        &mut self,
        tree: &Tree,
        file: usize,
        folder: &str,
        parent: Option<usize>,
        items: &[Item],
    ) -> anyhow::Result<usize> {
        let module = self.modules.len();
        self.modules.push(Module { file, parent, ..Module::default() });
        for item in items {
            match item {
                Item::Mod(item) if !is_test(&item.attrs) => {
                    if let Some(child) = self.read_child(tree, module, folder, item)? {
                        self.modules[module].children.insert(item.ident.to_string(), child);
                    }
                }
                Item::Use(item) if !is_test(&item.attrs) => {
                    self.modules[module].imports.extend(Import::all_of(item));
                }
                Item::ExternCrate(item) if item.ident == "self" => {
                    self.aliases.extend(item.rename.iter().map(|(_, name)| name.to_string()));
                }
                item if !attributes(item).is_some_and(is_test) => {
                    self.modules[module].items.extend(name(item));
                    self.modules[module].names.read(item);
                }
                _ => {}
            }
        }
        Ok(module)
    }

    /// Reads a module that `parent` declares; nothing for a test's.
    fn read_child(
        &mut self,
        tree: &Tree,
        parent: usize,
        folder: &str,
        item: &ItemMod,
    ) -> anyhow::Result<Option<usize>> {
        let name = item.ident.to_string();
        let file = self.modules[parent].file;
        let inner = join(folder, &name);
        if let Some((_, items)) = &item.content {
            return self.read_module(tree, file, &inner, Some(parent), items).map(Some);
        }
        if let Some(path) = path_attribute(&item.attrs) {
            let path = join(&self::folder(&self.files[file]), &path);
            return self.read_file(tree, &path, &self::folder(&path), Some(parent));
        }
        for path in [format!("{inner}.rs"), format!("{inner}/mod.rs")] {
            if tree.has(&path) {
                return self.read_file(tree, &path, &inner, Some(parent));
            }
        }
        bail!("`{}` declares `mod {name}`, which has no file", self.files[file])
    }
}

/// The folder that `file` lies in.
fn folder(file: &str) -> String {
    file.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// What `#[path = "..."]` says.
fn path_attribute(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(path), .. }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// Whether `#[cfg(test)]`, alone or among other conditions that must all hold, is among the attributes.
fn is_test(attributes: &[Attribute]) -> bool {
    fn holds_in_tests_only(condition: &Meta) -> bool {
        match condition {
            Meta::Path(path) => path.is_ident("test"),
            Meta::List(list) if list.path.is_ident("all") => list
                .parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated)
                .is_ok_and(|conditions| conditions.iter().any(holds_in_tests_only)),
            Meta::List(_) | Meta::NameValue(_) => false,
        }
    }
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        attribute.parse_args::<Meta>().is_ok_and(|condition| holds_in_tests_only(&condition))
    })
}

/// The name that an item has in its module.
fn name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn attributes(item: &Item) -> Option<&[Attribute]> {
    let attributes = match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return None,
    };
    Some(attributes)
}
