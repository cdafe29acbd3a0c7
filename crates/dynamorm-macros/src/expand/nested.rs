use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Ident, Type, ext::IdentExt, parse_quote};

use super::{
    codec::{self, Before},
    fields, markers,
    names::type_as,
    parameters::Parameters,
    variants,
};
use crate::{
    case,
    model::{Field, Nested, Shape},
};

/// The implementation of `Attribute`, and what comes with it: typed fields of a struct, key texts of an enum without
/// data.
pub(super) fn expand(nested: &Nested) -> TokenStream {
    let facade = &nested.facade;
    let private = quote!(#facade::__private);
    let parameters = Parameters::of(&nested.generics, &parse_quote!(#private::codec::Attribute));

    let (codec, more) = match &nested.shape {
        Shape::Map(fields) => (map(fields, &private), typed_fields(nested, fields, &parameters, &private)),
        Shape::Wrapper(ty) => (wrapper(ty, &private), keys_of_wrapper(nested, ty, &parameters, &private)),
        Shape::Enum(variants) => {
            let keys = variants::keys(nested, variants, &parameters, &private);
            (variants::codec(variants, &private), keys)
        }
    };
    let ident = &nested.ident;
    let (generics, arguments, where_clause) = parameters.split();
    let operand = operand(nested, &parameters, &private);
    quote! {
        #[automatically_derived]
        impl #generics #private::codec::Attribute for #ident #arguments #where_clause {
            #codec
        }

        #operand
        #more
    }
}

fn map(fields: &[Field], private: &TokenStream) -> TokenStream {
    let members = fields.iter().map(|field| {
        let ident = &field.ident;
        codec::encode_member(field, &quote!(&self.#ident), &quote!(self.#ident), Before::Unknown, private)
    });
    let encode = quote! {
        writer.open_map();
        #(#members)*
        writer.close_map();
        ::core::result::Result::Ok(())
    };
    let decoding = codec::decode(fields, &format_ident!("map"), &quote!(reader.skip()), private);
    let (read, fields) = (decoding.read, decoding.fields);
    let decode = quote! {
        #read
        ::core::result::Result::Ok(Self { #fields })
    };
    codec::functions(&encode, &decode, private)
}

fn typed_fields(
    nested: &Nested,
    fields: &[Field],
    parameters: &Parameters,
    private: &TokenStream,
) -> TokenStream {
    let name = nested.ident.unraw().to_string();
    let module = Ident::new(&case::module_of_model(&name), Span::call_site());
    let struct_of_fields = format_ident!("{name}Fields");
    let doc = format!("The fields of [`{name}`] as types.");
    let markers: Vec<_> = fields.iter().map(|field| markers::of_field(field, &nested.visibility)).collect();
    let module_of_markers = markers::module(&nested.visibility, &module, &doc, &markers, parameters);
    let struct_of_fields = fields::struct_of_fields(
        &nested.ident,
        &nested.visibility,
        fields,
        &struct_of_fields,
        &module,
        parameters,
    );
    let paths = fields.iter().map(|field| fields::path(field, &nested.ident, &module, parameters, private));
    quote! {
        #module_of_markers
        #struct_of_fields
        #(#paths)*
    }
}

fn wrapper(ty: &Type, private: &TokenStream) -> TokenStream {
    let attribute = type_as(ty, &quote!(#private::codec::Attribute));
    let functions = codec::functions(
        &quote!(#attribute::encode(&self.0, writer)),
        &quote!(#attribute::decode(reader).map(Self)),
        private,
    );
    quote! {
        #functions

        fn is_absent(&self) -> bool {
            #attribute::is_absent(&self.0)
        }

        fn absent() -> ::core::option::Option<Self> {
            #attribute::absent().map(Self)
        }
    }
}

/// A wrapper can stand in keys and in sets where what it wraps can.
fn keys_of_wrapper(
    nested: &Nested,
    ty: &Type,
    parameters: &Parameters,
    private: &TokenStream,
) -> TokenStream {
    let ident = &nested.ident;
    let (generics, arguments, _) = parameters.split();
    let predicates: Vec<_> = parameters.predicates().collect();
    // Without the lifetime, a bound that does not hold would be an error here, not where the type is used as a key.
    quote! {
        #[automatically_derived]
        impl #generics #private::key::KeyText for #ident #arguments
        where
            #(#predicates,)*
            for<'__> #ty: #private::key::KeyText,
        {
            fn write_key_text(&self, out: &mut ::std::string::String) {
                <#ty as #private::key::KeyText>::write_key_text(&self.0, out);
            }
        }

        #[automatically_derived]
        impl #generics #private::key::KeyValue for #ident #arguments
        where
            #(#predicates,)*
            for<'__> #ty: #private::key::KeyValue,
        {
            const KIND: #private::key::KeyKind = <#ty as #private::key::KeyValue>::KIND;
        }

        #[automatically_derived]
        impl #generics #private::codec::SetElement for #ident #arguments
        where
            #(#predicates,)*
            for<'__> #ty: #private::codec::SetElement,
        {
            const TAG: #private::codec::Tag = <#ty as #private::codec::SetElement>::TAG;

            fn encode_member(
                &self,
                writer: &mut #private::codec::Writer,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                <#ty as #private::codec::SetElement>::encode_member(&self.0, writer)
            }

            fn decode_member(
                text: ::std::borrow::Cow<'_, str>,
            ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
                <#ty as #private::codec::SetElement>::decode_member(text).map(Self)
            }
        }
    }
}

/// What lets values of the type, and references to them, stand in conditions and updates.
fn operand(nested: &Nested, parameters: &Parameters, private: &TokenStream) -> TokenStream {
    let (ident, inner, arguments) = (&nested.ident, parameters.inner(), parameters.arguments());
    quote!(#private::__operand!([#inner] #ident #arguments);)
}
