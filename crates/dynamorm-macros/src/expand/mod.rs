//! The code that the derives write.
//!
//! It names what it needs of `dynamorm` through one private module, and of the standard library by full paths, for the
//! user may call a type `Option`. What a type must be able to do is checked at the field's type.

mod carriage;
mod codec;
mod collection;
mod fields;
mod groups;
mod indexes;
mod item;
mod key;
mod markers;
mod names;
mod nested;
mod parameters;
mod projection;
mod query;
mod sort_key;
mod table;
mod text;
mod variants;
mod visibility;

use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::{
    errors::Errors,
    model::{Collection, Model, Nested, Projection},
};

/// What `#[derive(Model)]` writes, or the model's mistakes.
pub(crate) fn derive_model(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let model = Model::read(input, &mut errors);
    errors.expansion_or_errors(model.as_ref().map(expand_model))
}

/// What `#[derive(Attribute)]` writes, or the type's mistakes.
pub(crate) fn derive_attribute(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let nested = Nested::read(input, &mut errors);
    errors.expansion_or_errors(nested.as_ref().map(nested::expand))
}

/// What `#[derive(Collection)]` writes, or the enum's mistakes.
pub(crate) fn derive_collection(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let collection = Collection::read(input, &mut errors);
    errors.expansion_or_errors(collection.as_ref().map(collection::expand))
}

/// What `#[derive(Projection)]` writes, or the struct's mistakes.
pub(crate) fn derive_projection(input: &DeriveInput) -> TokenStream {
    let mut errors = Errors::default();
    let projection = Projection::read(input, &mut errors);
    errors.expansion_or_errors(projection.as_ref().map(projection::expand))
}

fn expand_model(model: &Model) -> TokenStream {
    let names = names::Names::of(model);
    let key = key::expand(model, &names);
    let item = item::expand(model, &names);
    let query = query::expand(model, &names);
    let schema = markers::expand_schema(model, &names);
    let fields = fields::expand(model, &names);
    let indexes = indexes::expand(model, &names);
    let groups = groups::expand(model, &names);
    quote! {
        #key
        #item
        #query
        #schema
        #fields
        #indexes
        #groups
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn pretty(expansion: TokenStream) -> String {
        prettyplease::unparse(&syn::parse2(expansion).unwrap())
    }

    #[test]
    fn writes_a_model() {
        let expansion = derive_model(&parse_quote! {
            #[dynamorm(
                table = "streamer_connections",
                key(partition = "CONN#{connection_id}", sort = "METADATA"),
                index(name = "user-index", partition = user_id, sort = connected_at),
                index(name = "tenant-index", partition = tenant_id, sort = connected_at),
            )]
            pub struct Connection {
                pub connection_id: String,
                pub user_id: String,
                pub tenant_id: String,
                pub endpoint: String,
                pub connected_at: Timestamp,
                pub last_ping: Timestamp,
                #[dynamorm(skip_if_empty)]
                pub metadata: BTreeMap<String, String>,
                #[dynamorm(ttl)]
                pub ttl: Option<Timestamp>,
            }
        });

        insta::assert_snapshot!(pretty(expansion));
    }

    #[test]
    fn writes_a_collection() {
        let expansion = derive_collection(&parse_quote! {
            enum Entry {
                Order(Order),
                Line(OrderLine),
                #[dynamorm(raw)]
                Other(RawItem),
            }
        });

        insta::assert_snapshot!(pretty(expansion));
    }

    #[test]
    fn writes_a_projection() {
        let expansion = derive_projection(&parse_quote! {
            #[dynamorm(model = orders::Order<u32>)]
            struct OrderTotal {
                region: String,
                total: u32,
            }
        });

        insta::assert_snapshot!(pretty(expansion));
    }

    #[test]
    fn writes_an_enum_with_data() {
        let expansion = derive_attribute(&parse_quote! {
            #[dynamorm(rename_all = "snake_case")]
            enum Payment {
                Open,
                Card(CardNumber),
                BankTransfer { account: String, reference: Option<String> },
            }
        });

        insta::assert_snapshot!(pretty(expansion));
    }
}
