use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Visibility};

use super::{
    codec::path_type,
    markers::value,
    names::{Names, type_as},
    parameters::Parameters,
    visibility,
};
use crate::{
    model::{Field, FieldId, KeySource, Model, Projection},
    parse::Role,
};

/// The typed fields of a model: paths, what an update may do with each, and which queries may filter by it.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let private = &names.private;
    let struct_of_fields = struct_of_fields(
        &model.ident,
        &model.visibility,
        &model.fields,
        &names.fields,
        &names.schema,
        &names.parameters,
    );
    let (generics, arguments, where_clause) = names.parameters.split();
    let schema = &names.schema;

    let impls = model.fields.iter().map(|field| {
        let path = path(field, &model.ident, schema, &names.parameters, private);
        let ident = &field.ident;
        let allowed = Change::of(model, field.id).traits().iter().map(|name| {
            let name = Ident::new(name, Span::call_site());
            quote! {
                #[automatically_derived]
                impl #generics #private::expression::#name for #schema::#ident #arguments #where_clause {}
            }
        });
        let filters = filters(model, field, names);
        quote! {
            #path
            #(#allowed)*
            #filters
        }
    });

    quote! {
        #struct_of_fields
        #(#impls)*
    }
}

/// The struct that the function `fields` gives, and that function.
pub(super) fn struct_of_fields(
    owner: &Ident,
    of_struct: &Visibility,
    fields: &[Field],
    ident: &Ident,
    module: &Ident,
    parameters: &Parameters,
) -> TokenStream {
    let doc = format!("The fields of [`{owner}`], for conditions and updates: what `{owner}::fields` gives.");
    let fn_doc = format!("The fields of `{owner}`, for conditions and updates.");
    let (bare, arguments) = (parameters.bare(), parameters.arguments());
    let (generics, _, where_clause) = parameters.split();
    let names: Vec<_> = fields.iter().map(|field| &field.ident).collect();
    let docs = fields.iter().map(|field| format!("The field `{}`.", field.name));
    let visibilities = fields.iter().map(|field| visibility::of_field(of_struct, &field.visibility));
    let values = fields.iter().map(|field| value(module, &field.ident, parameters));
    let (derives, impls) = if parameters.is_empty() {
        let derives = quote!(#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]);
        (Some(derives), None)
    } else {
        let name = ident.to_string();
        let impls = quote! {
            #[automatically_derived]
            impl #bare ::core::clone::Clone for #ident #arguments {
                fn clone(&self) -> Self {
                    *self
                }
            }

            #[automatically_derived]
            impl #bare ::core::marker::Copy for #ident #arguments {}

            #[automatically_derived]
            impl #bare ::core::fmt::Debug for #ident #arguments {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#name).finish_non_exhaustive()
                }
            }
        };
        (None, Some(impls))
    };

    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #derives
        #of_struct struct #ident #bare {
            #(#[doc = #docs] #visibilities #names: #module::#names #arguments,)*
        }

        #impls

        #[allow(dead_code)]
        impl #generics #owner #arguments #where_clause {
            #[doc = #fn_doc]
            #of_struct fn fields() -> #ident #arguments {
                #ident { #(#names: #values,)* }
            }
        }
    }
}

/// The `Path` of a field.
pub(super) fn path(
    field: &Field,
    owner: &Ident,
    module: &Ident,
    parameters: &Parameters,
    private: &TokenStream,
) -> TokenStream {
    let (generics, arguments, where_clause) = parameters.split();
    let (ident, attribute) = (&field.ident, &field.attribute);
    let value = path_type(field, private);
    let presence = if field.is_optional() { quote!(Optional) } else { quote!(Required) };
    let left_out = field.skip_if_empty.then(|| {
        let as_attribute = type_as(&field.ty, &quote!(#private::codec::Attribute));
        let is_empty = quote_spanned!(field.type_span()=> is_empty);
        quote! {
            const LEFT_OUT: ::core::option::Option<fn(&[u8]) -> bool> = ::core::option::Option::Some(|encoded| {
                #private::codec::Reader::new(encoded)
                    .and_then(|mut reader| #as_attribute::decode(&mut reader))
                    .is_ok_and(|value| value.#is_empty())
            });
        }
    });
    quote! {
        #[automatically_derived]
        impl #generics #private::expression::Path for #module::#ident #arguments #where_clause {
            type Model = #owner #arguments;
            type Value = #value;
            type Presence = #private::expression::#presence;

            const ATTRIBUTE: ::core::option::Option<&'static str> = ::core::option::Option::Some(#attribute);
            #left_out

            fn write_path(
                &self,
                out: &mut ::std::string::String,
                placeholders: &mut #private::expression::Placeholders,
            ) {
                placeholders.push_name(out, #attribute);
            }
        }
    }
}

/// What an update may do with a field.
#[derive(Clone, Copy)]
enum Change {
    /// Nothing: it is in the primary key, or kept by the mapper.
    Never,
    /// It is set with its group, or by itself with the other parts of an item in hand.
    InGroup,
    /// It is set by itself, and the index keys that are made of it alone with it.
    WithIndexKeys,
    /// Every action.
    Freely,
}

impl Change {
    fn of(model: &Model, field: FieldId) -> Self {
        let is_kept = match model.field(field).role {
            Some(Role::CreatedAt | Role::UpdatedAt | Role::Version) => true,
            Some(Role::Ttl) | None => false,
        };
        if is_kept || model.is_in_primary_key(field) {
            return Self::Never;
        }
        match model.groups.iter().find(|group| group.fields.contains(&field)) {
            Some(group) if group.fields.len() > 1 => Self::InGroup,
            Some(_) => Self::WithIndexKeys,
            None => Self::Freely,
        }
    }

    fn traits(self) -> &'static [&'static str] {
        match self {
            Self::Never => &[],
            Self::InGroup => &["Rekeyable"],
            Self::WithIndexKeys => &["Rekeyable", "Settable"],
            Self::Freely => &["Rekeyable", "Settable", "Mutable"],
        }
    }
}

/// `FilterOn` for every index that carries the field and whose key it is not.
fn filters(model: &Model, field: &Field, names: &Names) -> TokenStream {
    let private = &names.private;
    let (generics, arguments, where_clause) = names.parameters.split();
    let (schema, ident) = (&names.schema, &field.ident);
    let marker = quote!(#schema::#ident #arguments);

    let in_primary = !is_key(KeySource::Field(field.id), model.key.partition, model.key.sort);
    let in_indexes: Vec<_> = model
        .indexes
        .iter()
        .filter(|index| {
            let is_key = is_key(KeySource::Field(field.id), index.partition, index.sort);
            let is_carried = match &index.projection {
                Projection::All => true,
                Projection::Keys => false,
                Projection::Fields(fields) => fields.contains(&field.id),
            };
            !is_key && (is_carried || is_key_of_table(model, field.id))
        })
        .map(|index| names.index(index))
        .collect();

    if in_primary && in_indexes.len() == model.indexes.len() {
        // One impl for all of them, so that code that is generic over the index can filter by it.
        let inner = (!names.parameters.is_empty()).then(|| names.parameters.inner());
        let comma = inner.as_ref().map(|_| quote!(,));
        return quote! {
            #[automatically_derived]
            impl<#inner #comma __Index> #private::expression::FilterOn<__Index> for #marker #where_clause {}
        };
    }
    let primary = in_primary.then(|| names.primary.clone());
    let indexes = primary.into_iter().chain(in_indexes);
    quote! {
        #(
            #[automatically_derived]
            impl #generics #private::expression::FilterOn<#indexes> for #marker #where_clause {}
        )*
    }
}

fn is_key(source: KeySource, partition: KeySource, sort: Option<KeySource>) -> bool {
    partition == source || sort == Some(source)
}

/// Every index carries the table's own key attributes.
fn is_key_of_table(model: &Model, field: FieldId) -> bool {
    is_key(KeySource::Field(field), model.key.partition, model.key.sort)
}
