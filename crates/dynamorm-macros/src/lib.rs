//! The derives of `dynamorm`.
//!
//! Each derive goes through three layers: `parse` reads what the user wrote, `model` resolves what it means and
//! checks the rules, `expand` writes the code. A mistake is reported at its place by the layer that sees it, and all of
//! them at once.

mod case;
mod errors;
mod expand;
mod model;
mod parse;
mod template;

use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct the model of a table's items.
///
/// | option of the struct | meaning |
/// |---|---|
/// | `table = "orders"` | the table's name; required |
/// | `key(partition = …, sort = …)` | the primary key; `sort` is optional. Each side is a field, or a template such as `"ORDER#{order_id}"`, stored as `pk` and `sk`, or `partition("ORDER#{order_id}", attribute = "PK")`. `method = …` names the function that queries one partition |
/// | `index(name = "user-index", partition = …, sort = …)` | a global secondary index, any number of times. A template needs `attribute = "…"`. `method = …` is `by_` and the name without `-index` unless given; `projection = all`, `keys` or `[field, field]` |
/// | `stream = "new_and_old_images"` | the table has a stream, whose records hold `keys_only`, the `new_image`, the `old_image` or both. Without the option the model has no wish: a new table has none, and one that is there is nobody's concern |
/// | `rename_all = "camelCase"` | the attribute names of fields without `rename` |
/// | `crate = "path"` | where `dynamorm` is, when it is re-exported |
///
/// | option of a field | meaning |
/// |---|---|
/// | `rename = "OrderID"` | the attribute's name |
/// | `skip_if_empty` | left out while empty; a missing attribute is read as `Default::default()` |
/// | `default`, `default = path::to::function` | what a missing attribute is read as |
/// | `ttl` | when the item expires |
/// | `created_at`, `updated_at` | set by the writes |
/// | `version` | counted by the writes, checked by `put`, `delete` and `unchanged_since` |
///
/// A template joins literals and `{field}`s; `{{` and `}}` are literal braces. A literal after a field starts with `#`,
/// which no escaped value contains.
#[proc_macro_derive(Model, attributes(dynamorm))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_model(&input).into()
}

/// Makes a type storable as one attribute value, inside an item.
///
/// A struct is stored as M, a struct that wraps one value as that value, an enum as S, or as M with one entry where the
/// variant has data: the shapes are serde's.
///
/// | option | where | meaning |
/// |---|---|---|
/// | `rename_all = "camelCase"` | type, variant | the names of its fields or variants without `rename` |
/// | `rename = "…"` | field, variant | what it is stored as |
/// | `skip_if_empty`, `default`, `default = path::to::function` | field | as for `Model` |
/// | `crate = "path"` | type | where `dynamorm` is, when it is re-exported |
#[proc_macro_derive(Attribute, attributes(dynamorm))]
pub fn derive_attribute(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_attribute(&input).into()
}

/// Makes a struct a projection of a model: some of its fields, which are read without the others.
///
/// The fields are called as in the model and have its types; how each is stored, and what it is read as where it is
/// missing, is the model's to say.
///
/// | option of the struct | meaning |
/// |---|---|
/// | `model = Order`, `model = orders::Order<String>` | the model; required |
/// | `crate = "path"` | where `dynamorm` is, when it is re-exported |
#[proc_macro_derive(Projection, attributes(dynamorm))]
pub fn derive_projection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_projection(&input).into()
}

/// Makes an enum of models the collection of their items in one partition.
///
/// Each variant holds one model. All are of one table and of partitions that are named alike, and the sort keys of each
/// begin with a literal by which its items are told from the others': two that could be taken for one another do not
/// compile.
///
/// | option | where | meaning |
/// |---|---|---|
/// | `unknown = error`, `unknown = skip` | enum | what becomes of an item whose key is of no model: an error, as it is without the option, or nothing |
/// | `raw` | variant | it takes these items, as a `RawItem` |
/// | `crate = "path"` | enum | where `dynamorm` is, when it is re-exported |
#[proc_macro_derive(Collection, attributes(dynamorm))]
pub fn derive_collection(input: TokenStream) -> TokenStream {
    let input = parse_macro_input!(input as DeriveInput);
    expand::derive_collection(&input).into()
}
