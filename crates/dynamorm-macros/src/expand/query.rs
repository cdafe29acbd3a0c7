use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::{
    codec::path_type,
    names::Names,
    sort_key,
    text::{self, Place},
};
use crate::model::{Field, KeySource, Model};

/// The functions that name a key or a partition, and the types of the partitions.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let key = key_function(model, names);
    let primary = Partition {
        method: &model.key.method,
        source: model.key.partition,
        sort: model.key.sort,
        index: names.primary.clone(),
        of: format!("of the table `{}`", model.table.value()),
        is_primary: true,
    };
    let indexes = model.indexes.iter().map(|index| Partition {
        method: &index.method,
        source: index.partition,
        sort: index.sort,
        index: names.index(index),
        of: format!("of the index `{}`", index.name.value()),
        is_primary: false,
    });
    let partitions: Vec<_> = std::iter::once(primary).chain(indexes).collect();
    let functions = partitions.iter().map(|partition| partition.function(model, names));
    let types = partitions.iter().map(|partition| partition.declare(model, names));

    let (ident, visibility, private) = (&model.ident, &model.visibility, &names.private);
    let (generics, arguments, where_clause) = names.parameters.split();
    let table_doc = format!("The table of `{ident}`: its keys, indexes and roles.");
    quote! {
        #[allow(dead_code)]
        impl #generics #ident #arguments #where_clause {
            #[doc = #table_doc]
            #visibility fn table() -> &'static #private::model::TableDefinition {
                <Self as #private::model::Model>::TABLE
            }

            #key
            #(#functions)*
        }

        #(#types)*
    }
}

/// `Order::key`
fn key_function(model: &Model, names: &Names) -> TokenStream {
    let (visibility, key, private) = (&model.visibility, &names.key, &names.private);
    let fields: Vec<_> = model.key.fields(&model.templates).into_iter().map(|id| model.field(id)).collect();
    let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let types = fields.iter().map(|field| &field.ty);
    let arguments = names.parameters.arguments();
    let phantom = names.parameters.phantom().map(|_| quote!(_model: ::core::marker::PhantomData,));
    let doc = format!("The primary key of the item with {}.", listed(&fields));
    quote! {
        #[doc = #doc]
        #visibility fn key(#(#idents: impl #private::key::IntoKeyPart<#types>),*) -> #key #arguments {
            #key { #(#idents: #private::key::IntoKeyPart::into_key_part(#idents),)* #phantom }
        }
    }
}

/// One partition of the table or of an index, as a function and the type that it gives.
struct Partition<'a> {
    method: &'a Ident,
    source: KeySource,
    sort: Option<KeySource>,
    index: TokenStream,
    of: String,
    is_primary: bool,
}

impl Partition<'_> {
    /// `Order::by_region`
    fn function(&self, model: &Model, names: &Names) -> TokenStream {
        let private = &names.private;
        let (visibility, method) = (&model.visibility, self.method);
        let (ty, arguments) = (names.partition(method), names.parameters.arguments());
        let fields: Vec<_> =
            self.source.fields(&model.templates).into_iter().map(|id| model.field(id)).collect();
        let idents: Vec<_> = fields.iter().map(|field| &field.ident).collect();
        let doc = format!("The items {} with {}, for a query.", self.of, listed(&fields));
        let prefix = self
            .is_primary
            .then(|| quote!(.with_sort_form(<Self as #private::model::Model>::TABLE.sort_form)));

        match self.source {
            KeySource::Field(field) => {
                let field = model.field(field);
                let ident = &field.ident;
                let value = path_type(field, private);
                quote! {
                    #[doc = #doc]
                    #visibility fn #method(
                        #ident: impl #private::expression::KeyOperand<#value>,
                    ) -> #ty #arguments {
                        #ty(#private::expression::KeyCondition::of_value::<#value>(#ident)#prefix)
                    }
                }
            }
            KeySource::Template(template) => {
                let types = fields.iter().map(|field| field.type_without_option());
                let template = &model.templates[template.0];
                let lets = fields.iter().map(|field| {
                    let (ident, of) = (&field.ident, field.type_without_option());
                    quote!(let #ident: #of = #private::key::IntoKeyPart::into_key_part(#ident);)
                });
                let text = text::variable();
                let join = text::join(model, template, Place::Arguments, private);
                quote! {
                    #[doc = #doc]
                    #visibility fn #method(
                        #(#idents: impl #private::key::IntoKeyPart<#types>),*
                    ) -> #ty #arguments {
                        #(#lets)*
                        let mut #text = ::std::string::String::new();
                        #join
                        #ty(#private::expression::KeyCondition::of_text(&#text)#prefix)
                    }
                }
            }
        }
    }

    /// `OrderByRegion`
    fn declare(&self, model: &Model, names: &Names) -> TokenStream {
        let private = &names.private;
        let (visibility, owner, method, index) = (&model.visibility, &model.ident, self.method, &self.index);
        let ty = names.partition(method);
        let (generics, arguments, where_clause) = names.parameters.split();
        let doc = format!("The items {} with one partition key: what `{owner}::{method}` gives.", self.of);
        let whole = self.is_primary.then(|| {
            quote! {
                #[automatically_derived]
                impl #generics #private::expression::WholePartition for #ty #arguments #where_clause {}
            }
        });
        let sort = self.sort.and_then(|sort| sort_key::expand(model, names, sort, &ty, index));

        quote! {
            #[doc = #doc]
            #[allow(dead_code)]
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #[must_use = "a key condition does nothing until it is given to a query"]
            #visibility struct #ty #generics (#private::expression::KeyCondition<#index>) #where_clause;

            #[automatically_derived]
            impl #generics #private::expression::QueryKey for #ty #arguments #where_clause {
                type Index = #index;

                fn into_key_condition(self) -> #private::expression::KeyCondition<Self::Index> {
                    self.0
                }
            }

            #whole
            #sort
        }
    }
}

fn listed(fields: &[&Field]) -> String {
    let names: Vec<_> = fields.iter().map(|field| format!("this `{}`", field.name)).collect();
    names.join(" and ")
}
