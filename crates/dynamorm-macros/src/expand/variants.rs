use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{
    codec::{self, Before},
    names::type_as,
    parameters::Parameters,
    text::json,
};
use crate::{
    errors::listed,
    model::{Nested, Variant, VariantData},
};

/// The two functions of an enum's `Attribute`.
pub(super) fn codec(variants: &[Variant], private: &TokenStream) -> TokenStream {
    codec::functions(&encode(variants, private), &decode(variants, private), private)
}

/// An enum without data is a text, so it can stand in keys and in sets.
pub(super) fn keys(
    nested: &Nested,
    variants: &[Variant],
    parameters: &Parameters,
    private: &TokenStream,
) -> TokenStream {
    if !variants.iter().all(Variant::is_plain) {
        return TokenStream::new();
    }

    let ident = &nested.ident;
    let (generics, arguments, where_clause) = parameters.split();
    let (idents, names): (Vec<_>, Vec<_>) =
        variants.iter().map(|variant| (&variant.ident, &variant.name)).unzip();
    let from_text = from_text(variants.iter(), &quote!(text), &unknown(variants, private));
    quote! {
        #[automatically_derived]
        impl #generics #private::key::KeyText for #ident #arguments #where_clause {
            fn write_key_text(&self, out: &mut ::std::string::String) {
                #private::key::push_escaped(out, match self {
                    #(Self::#idents => #names,)*
                });
            }
        }

        #[automatically_derived]
        impl #generics #private::key::KeyValue for #ident #arguments #where_clause {
            const KIND: #private::key::KeyKind = #private::key::KeyKind::S;
        }

        #[automatically_derived]
        impl #generics #private::codec::SetElement for #ident #arguments #where_clause {
            const TAG: #private::codec::Tag = #private::codec::Tag::Ss;

            fn encode_member(
                &self,
                writer: &mut #private::codec::Writer,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                writer.text(match self {
                    #(Self::#idents => #names,)*
                });
                ::core::result::Result::Ok(())
            }

            fn decode_member(
                text: ::std::borrow::Cow<'_, str>,
            ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
                #from_text
            }
        }
    }
}

/// The variant without data that a text names.
fn from_text<'a>(
    variants: impl Iterator<Item = &'a Variant>,
    text: &TokenStream,
    unknown: &TokenStream,
) -> TokenStream {
    let (idents, names): (Vec<_>, Vec<_>) = variants.map(|variant| (&variant.ident, &variant.name)).unzip();
    quote! {
        match &*#text {
            #(#names => ::core::result::Result::Ok(Self::#idents),)*
            _ => #unknown,
        }
    }
}

/// The error of a text that names no variant. It names the known ones, and not the text: that is data.
fn unknown(variants: &[Variant], private: &TokenStream) -> TokenStream {
    let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
    let message = format!("unknown variant; known are {}", listed(&names, "and"));
    quote!(::core::result::Result::Err(#private::codec::DecodeError::new(#message)))
}

fn encode(variants: &[Variant], private: &TokenStream) -> TokenStream {
    let arms = variants.iter().map(|variant| {
        let (ident, name) = (&variant.ident, &variant.name);
        let prefix = format!("{}:", json(name));
        match &variant.data {
            VariantData::Nothing => quote!(Self::#ident => writer.string(#name),),
            VariantData::Value(ty) => {
                let as_attribute = type_as(&**ty, &quote!(#private::codec::Attribute));
                quote! {
                    Self::#ident(value) => {
                        writer.open_map();
                        writer.raw(#prefix);
                        #as_attribute::encode(value, writer).map_err(|error| error.in_attribute(#name))?;
                        writer.close_map();
                    }
                }
            }
            VariantData::Map(fields) => {
                let variables: Vec<_> = fields.iter().map(codec::variable).collect();
                let idents = fields.iter().map(|field| &field.ident);
                let members = fields.iter().zip(&variables).map(|(field, variable)| {
                    codec::encode_member(
                        field,
                        &quote!(#variable),
                        &quote!(#variable),
                        Before::Unknown,
                        private,
                    )
                });
                quote! {
                    Self::#ident { #(#idents: #variables),* } => {
                        writer.open_map();
                        writer.raw(#prefix);
                        writer.open_map();
                        #(#members)*
                        writer.close_map();
                        writer.close_map();
                    }
                }
            }
        }
    });
    quote! {
        match self {
            #(#arms)*
        }
        ::core::result::Result::Ok(())
    }
}

fn decode(variants: &[Variant], private: &TokenStream) -> TokenStream {
    let unknown = unknown(variants, private);
    let plain: Vec<_> = variants.iter().filter(|variant| variant.is_plain()).collect();
    let with_data: Vec<_> = variants.iter().filter(|variant| !variant.is_plain()).collect();
    let from_text = from_text(plain.iter().copied(), &quote!(reader.string()?), &unknown);
    if with_data.is_empty() {
        return from_text;
    }

    let arms = with_data.iter().map(|variant| {
        let (ident, name) = (&variant.ident, &variant.name);
        let value = match &variant.data {
            VariantData::Nothing => unreachable!("a variant without data is read from a text"),
            VariantData::Value(ty) => {
                let as_attribute = type_as(&**ty, &quote!(#private::codec::Attribute));
                quote!(Self::#ident(#as_attribute::decode(reader)?))
            }
            VariantData::Map(fields) => {
                let decoding = codec::decode(fields, &format_ident!("map"), &quote!(reader.skip()), private);
                let (read, fields) = (decoding.read, decoding.fields);
                quote!({
                    #read
                    Self::#ident { #fields }
                })
            }
        };
        quote!(#name => #value,)
    });
    let from_map = quote! {
        let mut value = ::core::option::Option::None;
        reader.map(|reader, name| {
            if value.is_some() {
                return ::core::result::Result::Err(#private::codec::DecodeError::new(
                    "expected a map with one entry, which names the variant",
                ));
            }
            value = ::core::option::Option::Some(match &*name {
                #(#arms)*
                _ => return #unknown,
            });
            ::core::result::Result::Ok(())
        })?;
        value.ok_or_else(|| #private::codec::DecodeError::new(
            "expected a map with one entry, which names the variant",
        ))
    };
    if plain.is_empty() {
        return from_map;
    }
    quote! {
        if reader.tag()? == #private::codec::Tag::S {
            #from_text
        } else {
            #from_map
        }
    }
}
