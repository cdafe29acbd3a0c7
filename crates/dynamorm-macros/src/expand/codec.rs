use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::{
    names::{at, type_as},
    text::json,
};
use crate::{
    model::Field,
    parse::{Fallback, Role},
};

/// Whether something was surely written before, so that a member begins with a comma.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    Something,
    Unknown,
}

/// Writes one member `"name":value` of an item or a map, unless its value is absent.
///
/// `value` is a reference to what is stored, `place` where the field itself is.
pub(super) fn encode_member(
    field: &Field,
    value: &TokenStream,
    place: &TokenStream,
    before: Before,
    private: &TokenStream,
) -> TokenStream {
    let attribute = &field.attribute;
    let (comma, prefix) = match before {
        Before::Something => (None, format!(",{}:", json(attribute))),
        Before::Unknown => (Some(quote!(writer.comma();)), format!("{}:", json(attribute))),
    };
    let as_attribute = type_as(&written_type(field, private), &quote!(#private::codec::Attribute));
    let is_empty = field.skip_if_empty.then(|| {
        let is_empty = quote_spanned!(field.type_span()=> is_empty);
        quote!(&& !#place.#is_empty())
    });
    quote! {
        if !#as_attribute::is_absent(#value) #is_empty {
            #comma
            writer.raw(#prefix);
            #as_attribute::encode(#value, writer).map_err(|error| error.in_attribute(#attribute))?;
        }
    }
}

/// The two functions of `Attribute`, by their bodies.
pub(super) fn functions(encode: &TokenStream, decode: &TokenStream, private: &TokenStream) -> TokenStream {
    quote! {
        fn encode(
            &self,
            writer: &mut #private::codec::Writer,
        ) -> ::core::result::Result<(), #private::codec::EncodeError> {
            #encode
        }

        fn decode(
            reader: &mut #private::codec::Reader<'_>,
        ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
            #decode
        }
    }
}

/// The code that reads the fields of a struct.
pub(super) struct Decoding {
    /// Declares the variables and fills them.
    pub(super) read: TokenStream,
    /// `name: value,` of every field, for the struct's literal.
    pub(super) fields: TokenStream,
}

/// Reads the fields of an item or of a map, by the `Reader`'s method of that name.
///
/// `other` says what is done with what is of no field.
pub(super) fn decode(
    fields: &[Field],
    reader_method: &Ident,
    other: &TokenStream,
    private: &TokenStream,
) -> Decoding {
    let variables: Vec<_> = fields.iter().map(variable).collect();
    let declarations = fields.iter().zip(&variables).map(|(field, variable)| {
        let stored = read_type(field, private);
        quote!(let mut #variable: ::core::option::Option<#stored> = ::core::option::Option::None;)
    });
    let arms = fields.iter().zip(&variables).map(|(field, variable)| {
        let attribute = &field.attribute;
        let as_attribute = type_as(&read_type(field, private), &quote!(#private::codec::Attribute));
        quote!(#attribute => #variable = ::core::option::Option::Some(#as_attribute::decode(reader)?),)
    });
    let values = fields.iter().zip(&variables).map(|(field, variable)| {
        let ident = &field.ident;
        let value = decoded(field, variable, private);
        quote!(#ident: #value,)
    });
    Decoding {
        read: quote! {
            #(#declarations)*
            reader.#reader_method(|reader, name| {
                match &*name {
                    #(#arms)*
                    _ => #other?,
                }
                ::core::result::Result::Ok(())
            })?;
        },
        fields: quote!(#(#values)*),
    }
}

/// The type that the field's attribute is read as.
pub(super) fn read_type(field: &Field, private: &TokenStream) -> TokenStream {
    match field.role {
        Some(Role::Ttl) => {
            let as_ttl = type_as(&field.ty, &quote!(#private::model::TimeToLive));
            quote_spanned!(field.type_span()=> #as_ttl::Stored)
        }
        Some(Role::CreatedAt | Role::UpdatedAt | Role::Version) | None => field.ty.to_token_stream(),
    }
}

/// The type that the field's path leads to, and that its operands are for.
pub(super) fn path_type(field: &Field, private: &TokenStream) -> TokenStream {
    match field.role {
        Some(Role::Ttl) => {
            let ty = &field.ty;
            quote!(#private::model::Ttl<#ty>)
        }
        Some(Role::CreatedAt | Role::UpdatedAt | Role::Version) | None => field.ty.to_token_stream(),
    }
}

/// The type that the field's attribute is written as: a write stamps what the field may leave open.
pub(super) fn written_type(field: &Field, private: &TokenStream) -> TokenStream {
    match field.role {
        Some(Role::CreatedAt | Role::UpdatedAt) => quote!(#private::Timestamp),
        Some(Role::Version) => quote!(u64),
        Some(Role::Ttl) | None => read_type(field, private),
    }
}

/// The field's value, of the variable that holds what was read.
pub(super) fn decoded(field: &Field, variable: &Ident, private: &TokenStream) -> TokenStream {
    let attribute = &field.attribute;
    let fallback = fallback(field);
    let is_ttl = field.role == Some(Role::Ttl);
    let as_ttl = type_as(&field.ty, &quote!(#private::model::TimeToLive));
    let (read, required) =
        (read_type(field, private), at(&quote!(#private::codec::required), field.type_span()));
    let required = quote_spanned!(field.type_span()=> #required::<#read>(#variable, #attribute)?);
    match fallback {
        Some(fallback) if is_ttl => quote!(#variable.map_or_else(#fallback, #as_ttl::from_stored)),
        Some(fallback) => quote!(#variable.unwrap_or_else(#fallback)),
        None if is_ttl => quote!(#as_ttl::from_stored(#required)),
        None => required,
    }
}

/// The function that gives the field's value where its attribute is missing.
pub(super) fn fallback(field: &Field) -> Option<TokenStream> {
    match &field.fallback {
        Some(Fallback::Function(function)) => Some(quote!(#function)),
        Some(Fallback::Default) => Some(default_of(field)),
        None if field.skip_if_empty => Some(default_of(field)),
        None => None,
    }
}

fn default_of(field: &Field) -> TokenStream {
    let as_default = type_as(&field.ty, &quote!(::core::default::Default));
    quote!(#as_default::default)
}

/// The variable a field is read into: numbered, for the user may call a field `reader`.
pub(super) fn variable(field: &Field) -> Ident {
    format_ident!("field_{}", field.id.0)
}
