use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use crate::model::{IndexProjection, Model};

/// What each index, and the table itself, says of itself as a type.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let private = &names.private;
    let (ident, primary) = (&model.ident, &names.primary);
    let (generics, arguments, where_clause) = names.parameters.split();
    let table = quote!(<#ident #arguments as #private::model::Model>::TABLE);

    let indexes = model.indexes.iter().enumerate().map(|(position, index)| {
        let (marker, name) = (names.index(index), &index.name);
        let whole_items = (index.projection == IndexProjection::All).then(|| {
            quote! {
                #[automatically_derived]
                impl #generics #private::model::WholeItems for #marker #where_clause {}
            }
        });
        quote! {
            #[automatically_derived]
            impl #generics #private::model::Index for #marker #where_clause {
                type Model = #ident #arguments;
                type Item = #ident #arguments;
                type Base = Self;

                const NAME: ::core::option::Option<&'static str> = ::core::option::Option::Some(#name);
                const KEY: #private::model::KeySchema = #table.indexes[#position].key;
                const KEEPS_TO: ::core::option::Option<&'static #private::model::TableDefinition> =
                    if #table.has_key_form() { ::core::option::Option::Some(#table) } else { ::core::option::Option::None };
            }

            #[automatically_derived]
            impl #generics #private::model::ModelIndex for #marker #where_clause {}

            #[automatically_derived]
            impl #generics #private::model::SecondaryIndex for #marker #where_clause {}

            #whole_items
        }
    });

    quote! {
        #[automatically_derived]
        impl #generics #private::model::Index for #primary #where_clause {
            type Model = #ident #arguments;
            type Item = #ident #arguments;
            type Base = Self;

            const NAME: ::core::option::Option<&'static str> = ::core::option::Option::None;
            const KEY: #private::model::KeySchema = #table.primary_key;
            const KEEPS_TO: ::core::option::Option<&'static #private::model::TableDefinition> =
                if #table.sort_form.is_open() { ::core::option::Option::Some(#table) } else { ::core::option::Option::None };
        }

        #[automatically_derived]
        impl #generics #private::model::ModelIndex for #primary #where_clause {}

        #[automatically_derived]
        impl #generics #private::model::ConsistentIndex for #primary #where_clause {}

        #[automatically_derived]
        impl #generics #private::model::WholeItems for #primary #where_clause {}

        #(#indexes)*
    }
}
