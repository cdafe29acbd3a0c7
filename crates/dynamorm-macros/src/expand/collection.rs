use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

use super::names::type_as;
use crate::model::{Collection, Member, Unknown};

/// What `#[derive(Collection)]` writes: how an item is read by the form of its key, and that no key fits two models.
pub(super) fn expand(collection: &Collection) -> TokenStream {
    let facade = &collection.facade;
    let private = quote!(#facade::__private);
    let (ident, visibility) = (&collection.ident, &collection.visibility);
    let variants: Vec<_> = collection.members.iter().map(|member| &member.ident).collect();
    let types: Vec<_> = collection.members.iter().map(|member| &member.ty).collect();
    let as_models: Vec<_> = types.iter().map(|ty| type_as(*ty, &quote!(#private::model::Model))).collect();
    let places = 0..collection.members.len();
    let first = types.first();

    let refused = format!("its key is of no model of the collection `{ident}`");
    let refused = quote!(::core::result::Result::Err(#private::codec::DecodeError::new(#refused)));
    let (unknown, raw) = match &collection.unknown {
        Unknown::Error => (refused.clone(), None),
        Unknown::Skip => (quote!(reader.skip().map(|()| ::core::option::Option::None)), None),
        Unknown::Raw(variant) => {
            let read = quote!(<#private::model::RawItem as #private::model::ReadItem>::decode_item(reader));
            (
                quote!(#read.map(|item| ::core::option::Option::Some(Self::#variant(item)))),
                Some(quote!(Self::#variant(_) => ::core::option::Option::None,)),
            )
        }
    };
    let knows_key = match &collection.unknown {
        Unknown::Skip => quote! {
            let models = <Self as #private::model::Collection>::MODELS;
            ::core::result::Result::Ok(#private::model::member_of(reader, models)?.is_some())
        },
        Unknown::Error | Unknown::Raw(_) => quote! {
            let _ = reader;
            ::core::result::Result::Ok(true)
        },
    };
    let checks = checks(collection, &private);
    let doc = format!(
        "The items of `{ident}` in a partition that one of its models names, for a query, in the order of their sort \
         keys."
    );

    quote! {
        #[allow(dead_code)]
        impl #ident {
            #[doc = #doc]
            #visibility fn in_partition<__P: #private::expression::WholePartition>(
                partition: __P,
            ) -> #private::expression::KeyCondition<#private::model::CollectionPartition<Self>>
            where
                <<__P as #private::expression::QueryKey>::Index as #private::model::Index>::Model:
                    #private::model::MemberOf<Self>,
            {
                #private::expression::QueryKey::into_key_condition(partition).in_collection()
            }
        }

        #[automatically_derived]
        impl #private::model::Collection for #ident {
            type First = #first;

            const MODELS: &'static [&'static #private::model::TableDefinition] = &[#(#as_models::TABLE),*];
        }

        #(
            #[automatically_derived]
            impl #private::model::MemberOf<#ident> for #types {}
        )*

        #[automatically_derived]
        impl #private::model::ReadItem for #ident {
            fn decode_item(
                reader: &mut #private::codec::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
                match <Self as #private::model::ReadItem>::decode_known(reader)? {
                    ::core::option::Option::Some(item) => ::core::result::Result::Ok(item),
                    ::core::option::Option::None => #refused,
                }
            }

            fn decode_known(
                reader: &mut #private::codec::Reader<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, #private::codec::DecodeError> {
                match #private::model::member_of(reader, <Self as #private::model::Collection>::MODELS)? {
                    #(
                        ::core::option::Option::Some(#places) => {
                            let item = #as_models::decode_item(reader)?;
                            ::core::result::Result::Ok(::core::option::Option::Some(Self::#variants(item)))
                        }
                    )*
                    _ => #unknown,
                }
            }

            fn expires_at(&self) -> ::core::option::Option<#private::Timestamp> {
                match self {
                    #(Self::#variants(item) => #as_models::expires_at(item),)*
                    #raw
                }
            }
        }

        #[automatically_derived]
        impl #private::stream_record::StreamItem for #ident {
            fn knows_key(
                reader: &#private::codec::Reader<'_>,
            ) -> ::core::result::Result<bool, #private::codec::DecodeError> {
                #knows_key
            }

            fn decode_image(
                reader: &mut #private::codec::Reader<'_>,
            ) -> ::core::result::Result<::core::option::Option<Self>, #private::codec::DecodeError> {
                <Self as #private::model::ReadItem>::decode_known(reader)
            }
        }

        #checks
    }
}

/// That the models stand in one partition of one table, and that no key fits two of them: evaluated as the program is
/// compiled, for a model's table is known to the compiler alone.
fn checks(collection: &Collection, private: &TokenStream) -> TokenStream {
    let members = &collection.members;
    let pairs = members
        .iter()
        .enumerate()
        .flat_map(|(position, other)| members[..position].iter().map(move |one| (one, other)));
    pairs.map(|(one, other)| check(collection, one, other, private)).collect()
}

fn check(collection: &Collection, one: &Member, other: &Member, private: &TokenStream) -> TokenStream {
    let both =
        format!("models `{}` and `{}` of the collection `{}`", one.name(), other.name(), collection.ident);
    let rules = [
        (
            quote!(is_one_table),
            format!("{both} are not of one table; give them the same `table` and the same key attributes"),
        ),
        (
            quote!(is_one_partition),
            format!(
                "{both} are never in one partition; give their partition keys the same literals and as many fields"
            ),
        ),
        (
            quote!(is_one_ttl),
            format!("{both} have different `ttl` attributes, and a table has one; `rename` one of them"),
        ),
        (
            quote!(is_apart),
            format!(
                "{both} can have the same sort key; begin each one's `sort` with a literal that the other's does not \
                 begin with"
            ),
        ),
    ];
    // At the place of the type, where the compiler points.
    let place = other.ty.span();
    let (left, right) = (&one.ty, &other.ty);
    let rules = rules.iter().map(|(rule, message)| {
        quote_spanned! {place=>
            if !#private::model::#rule(
                <#left as #private::model::Model>::TABLE,
                <#right as #private::model::Model>::TABLE,
            ) {
                ::core::panic!(#message);
            }
        }
    });
    quote_spanned! {place=>
        const _: () = {
            #(#rules)*
        };
    }
}
