use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{Ident, ext::IdentExt};

use super::{
    codec::path_type,
    names::{Names, at},
    visibility,
};
use crate::{
    case,
    model::{Field, KeySource, Model, Template, TemplatePart},
};

/// The function of a partition's type `ty` that compares the sort key; for a template, that of its first field, and a
/// type for each value after which the template goes on. A sort key without a field has none.
pub(super) fn expand(
    model: &Model,
    names: &Names,
    sort: KeySource,
    ty: &Ident,
    index: &TokenStream,
) -> Option<TokenStream> {
    let private = &names.private;
    match sort {
        KeySource::Field(field) => {
            let field = model.field(field);
            let value = path_type(field, private);
            let doc = format!("Compares the sort key `{}`.", field.name);
            let gives = quote!(#private::expression::SortKey<#index, #value>);
            let body = quote!(#private::expression::SortKey::of(self.0));
            Some(method(model, names, ty, field, &doc, &gives, &body))
        }
        KeySource::Template(template) => {
            let (prefix, fields) = parts(model, &model.templates[template.0])?;
            let start = quote!(#private::expression::SortKeyStart::new(self.0, #prefix));
            let first = format_ident!("{ty}With");
            Some(steps(model, names, (ty, &first), index, &start, &fields))
        }
    }
}

/// A field of a template, and the literal that follows it.
type Part<'a> = (&'a Field, Option<&'a str>);

/// The literal before a template's first field, and its fields; `None` if there is no field.
fn parts<'a>(model: &'a Model, template: &'a Template) -> Option<(&'a str, Vec<Part<'a>>)> {
    let (prefix, parts) = match template.parts.as_slice() {
        [TemplatePart::Literal(prefix), parts @ ..] => (prefix.as_str(), parts),
        parts => ("", parts),
    };
    let fields: Vec<_> = parts
        .iter()
        .enumerate()
        .filter_map(|(position, part)| match part {
            TemplatePart::Literal(_) => None,
            TemplatePart::Field(field) => {
                let literal = parts.get(position + 1).and_then(|part| match part {
                    TemplatePart::Literal(literal) => Some(literal.as_str()),
                    TemplatePart::Field(_) => None,
                });
                Some((model.field(*field), literal))
            }
        })
        .collect();
    (!fields.is_empty()).then_some((prefix, fields))
}

/// The function of type `ty` for the first of `fields`, and the types and functions for those behind it: the next
/// type is called `named` and the field, as in `OrderByOwnerWithStatusAndDay`.
fn steps(
    model: &Model,
    names: &Names,
    (ty, named): (&Ident, &Ident),
    index: &TokenStream,
    start: &TokenStream,
    fields: &[Part<'_>],
) -> TokenStream {
    let private = &names.private;
    let Some(((field, literal), behind)) = fields.split_first() else { return TokenStream::new() };
    let (generics, arguments, where_clause) = names.parameters.split();
    let next = format_ident!("{named}{}", case::in_type(&field.ident.unraw().to_string()));
    let after = match literal {
        Some(_) => quote!(#next #arguments),
        None => quote!(#private::expression::KeyCondition<#index>),
    };

    let value = field.type_without_option();
    let doc = format!("Compares `{}`, the next field of the sort key.", field.name);
    let gives = quote!(#private::expression::TemplateSortKey<#index, #value, #after>);
    let at_type = at(private, field.type_span());
    let of = quote_spanned!(field.type_span()=> #at_type::expression::TemplateSortKey::of);
    let body = quote_spanned!(field.type_span()=> #of(#start));
    let method = method(model, names, ty, field, &doc, &gives, &body);

    let Some(literal) = literal else { return method };
    let visibility = &model.visibility;
    let doc = format!("As [`{ty}`], with one `{}`.", field.name);
    let named = format_ident!("{next}And");
    let behind = steps(model, names, (&next, &named), index, &quote!(self.0), behind);
    quote! {
        #method

        #[doc = #doc]
        #[allow(dead_code)]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #[must_use = "a key condition does nothing until it is given to a query"]
        #visibility struct #next #generics (#private::expression::SortKeyStart<#index>) #where_clause;

        #[automatically_derived]
        impl #generics #private::expression::AfterField<#index> for #next #arguments #where_clause {
            const LITERAL: ::core::option::Option<&'static str> = ::core::option::Option::Some(#literal);

            fn after_field(start: #private::expression::SortKeyStart<#index>) -> Self {
                Self(start)
            }
        }

        #[automatically_derived]
        impl #generics #private::expression::GoesOn for #next #arguments #where_clause {}

        #[automatically_derived]
        impl #generics #private::expression::QueryKey for #next #arguments #where_clause {
            type Index = #index;

            fn into_key_condition(self) -> #private::expression::KeyCondition<Self::Index> {
                #private::expression::QueryKey::into_key_condition(self.0)
            }
        }

        #behind
    }
}

/// The function of type `ty` that is called as the field.
fn method(
    model: &Model,
    names: &Names,
    ty: &Ident,
    field: &Field,
    doc: &str,
    gives: &TokenStream,
    body: &TokenStream,
) -> TokenStream {
    let (generics, arguments, where_clause) = names.parameters.split();
    let ident = &field.ident;
    let visibility = visibility::of_field(&model.visibility, &field.visibility);
    quote! {
        #[allow(dead_code)]
        impl #generics #ty #arguments #where_clause {
            #[doc = #doc]
            #visibility fn #ident(self) -> #gives {
                #body
            }
        }
    }
}
