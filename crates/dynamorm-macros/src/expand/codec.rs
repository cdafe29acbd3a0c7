use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};

use super::{names::at, text::json};
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
    let at_type = field.type_span();
    let private = at(private, at_type);
    let is_absent = quote_spanned!(at_type=> #private::codec::Attribute::is_absent);
    let encode = quote_spanned!(at_type=> #private::codec::Attribute::encode);
    let is_empty = field.skip_if_empty.then(|| {
        let is_empty = quote_spanned!(at_type=> is_empty);
        quote!(&& !#place.#is_empty())
    });
    quote! {
        if !#is_absent(#value) #is_empty {
            #comma
            writer.raw(#prefix);
            #encode(#value, writer).map_err(|error| error.in_attribute(#attribute))?;
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
pub(super) fn decode(fields: &[Field], reader_method: &Ident, private: &TokenStream) -> Decoding {
    let variables: Vec<_> = fields.iter().map(variable).collect();
    let declarations = fields.iter().zip(&variables).map(|(field, variable)| {
        let stored = stored_type(field, private);
        quote!(let mut #variable: ::core::option::Option<#stored> = ::core::option::Option::None;)
    });
    let arms = fields.iter().zip(&variables).map(|(field, variable)| {
        let attribute = &field.attribute;
        let private = at(private, field.type_span());
        let decode = quote_spanned!(field.type_span()=> #private::codec::Attribute::decode);
        quote!(#attribute => #variable = ::core::option::Option::Some(#decode(reader)?),)
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
                    _ => reader.skip()?,
                }
                ::core::result::Result::Ok(())
            })?;
        },
        fields: quote!(#(#values)*),
    }
}

/// The type that the field's attribute is read as.
pub(super) fn stored_type(field: &Field, private: &TokenStream) -> TokenStream {
    let ty = &field.ty;
    match field.role {
        Some(Role::Ttl) => {
            let private = at(private, field.type_span());
            quote_spanned!(field.type_span()=> <#ty as #private::model::TimeToLive>::Stored)
        }
        Some(Role::CreatedAt | Role::UpdatedAt | Role::Version) | None => quote!(#ty),
    }
}

/// The field's value, of the variable that holds what was read.
fn decoded(field: &Field, variable: &Ident, private: &TokenStream) -> TokenStream {
    let attribute = &field.attribute;
    let private = at(private, field.type_span());
    let fallback = match &field.fallback {
        Some(Fallback::Function(function)) => Some(quote!(#function)),
        Some(Fallback::Default) => Some(default_of(field)),
        None if field.skip_if_empty => Some(default_of(field)),
        None => None,
    };
    let is_ttl = field.role == Some(Role::Ttl);
    let from_stored = quote_spanned!(field.type_span()=> #private::model::TimeToLive::from_stored);
    let required = quote_spanned!(field.type_span()=> #private::codec::required);
    match fallback {
        Some(fallback) if is_ttl => quote!(#variable.map_or_else(#fallback, #from_stored)),
        Some(fallback) => quote!(#variable.unwrap_or_else(#fallback)),
        None if is_ttl => quote!(#from_stored(#required(#variable, #attribute)?)),
        None => quote!(#required(#variable, #attribute)?),
    }
}

fn default_of(field: &Field) -> TokenStream {
    quote_spanned!(field.type_span()=> ::core::default::Default::default)
}

/// The variable a field is read into: numbered, for the user may call a field `reader`.
pub(super) fn variable(field: &Field) -> Ident {
    format_ident!("field_{}", field.id.0)
}
