use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Ident, Visibility};

use super::{
    carriage::{carriers, filters},
    codec::{decoded, path_type, read_type},
    markers::value,
    names::{Names, type_as},
    parameters::Parameters,
    visibility,
};
use crate::{
    model::{Field, FieldId, Model},
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
        let by_itself = by_itself(field, names);
        let filters = filters(model, field, names);
        let carriers = carriers(model, field, names);
        quote! {
            #path
            #by_itself
            #(#allowed)*
            #filters
            #carriers
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
            #of_struct const fn fields() -> #ident #arguments {
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

/// The `ModelField` of a field.
fn by_itself(field: &Field, names: &Names) -> TokenStream {
    let private = &names.private;
    let (generics, arguments, where_clause) = names.parameters.split();
    let (schema, ident, attribute, value) = (&names.schema, &field.ident, &field.attribute, &field.ty);
    let as_attribute = type_as(&read_type(field, private), &quote!(#private::codec::Attribute));
    let decoded = decoded(field, &Ident::new("stored", Span::call_site()), private);
    quote! {
        #[automatically_derived]
        impl #generics #private::model::ModelField for #schema::#ident #arguments #where_clause {
            type Value = #value;

            const ATTRIBUTE: &'static str = #attribute;

            fn read(
                attribute: ::core::option::Option<&mut #private::codec::Reader<'_>>,
            ) -> ::core::result::Result<Self::Value, #private::codec::DecodeError> {
                let stored = match attribute {
                    ::core::option::Option::Some(reader) => {
                        ::core::option::Option::Some(#as_attribute::decode(reader)?)
                    }
                    ::core::option::Option::None => ::core::option::Option::None,
                };
                ::core::result::Result::Ok(#decoded)
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
