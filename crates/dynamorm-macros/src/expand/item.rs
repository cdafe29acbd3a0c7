use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};

use super::{
    codec::{self, Before},
    key,
    names::{Names, type_as},
    table, text,
};
use crate::{
    model::{Field, KeySource, Model, Template, TemplatePart},
    parse::Role,
};

/// The implementation of `Model`.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let private = &names.private;
    let (ident, key_type, key_arguments) = (&model.ident, &names.key, names.parameters.arguments());
    let (generics, arguments, where_clause) = names.parameters.split();
    let table = table::expand(model, names);
    let primary_key = primary_key(model, names);
    let encode_key = key::encode_key(model, private);
    let encode = encode_item(model, private);
    let decoding =
        codec::decode(&model.fields, &format_ident!("item"), &quote!(other(&name, reader)), private);
    let (read, fields) = (decoding.read, decoding.fields);
    let roles = roles(model, private);
    let index_parts = index_parts(model, private);
    // There is no bound "not versioned", so that the models without a version are marked too.
    let marker = match model.with_role(Role::Version) {
        Some(_) => quote!(Versioned),
        None => quote!(Unversioned),
    };

    quote! {
        #[automatically_derived]
        impl #generics #private::model::Model for #ident #arguments #where_clause {
            type Key = #key_type #key_arguments;

            const TABLE: &'static #private::model::TableDefinition = &#table;

            fn primary_key(&self) -> Self::Key {
                #primary_key
            }

            fn encode_primary_key(
                &self,
                writer: &mut #private::codec::Writer,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                #encode_key
                ::core::result::Result::Ok(())
            }

            fn encode_item(
                &self,
                writer: &mut #private::codec::Writer,
                context: &#private::model::WriteContext,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                #encode
                ::core::result::Result::Ok(())
            }

            fn decode_item_and(
                reader: &mut #private::codec::Reader<'_>,
                other: &mut #private::model::OtherAttribute<'_>,
            ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
                #read
                ::core::result::Result::Ok(Self { #fields })
            }

            #roles
            #index_parts
        }

        #[automatically_derived]
        impl #generics #private::model::#marker for #ident #arguments #where_clause {}
    }
}

fn primary_key(model: &Model, names: &Names) -> TokenStream {
    let fields = model.key.fields(&model.templates).into_iter().map(|id| {
        let field = model.field(id);
        let ident = &field.ident;
        let as_clone = type_as(&field.ty, &quote!(::core::clone::Clone));
        quote!(#ident: #as_clone::clone(&self.#ident),)
    });
    let phantom = names.parameters.phantom().map(|_| quote!(_model: ::core::marker::PhantomData,));
    let key = &names.key;
    quote!(#key { #(#fields)* #phantom })
}

fn encode_item(model: &Model, private: &TokenStream) -> TokenStream {
    let mut before = "{";
    let mut members = TokenStream::new();

    for source in std::iter::once(model.key.partition).chain(model.key.sort) {
        if let KeySource::Template(template) = source {
            let template = &model.templates[template.0];
            members.extend(text::encode_template(model, template, before, private));
            before = ",";
        }
    }
    let before = if before == "," {
        Before::Something
    } else {
        members.extend(quote!(writer.raw("{");));
        Before::Unknown
    };
    for field in &model.fields {
        let (bind, value) = stored(field, private);
        let ident = &field.ident;
        let member = codec::encode_member(field, &value, &quote!(self.#ident), before, private);
        members.extend(bind);
        members.extend(member);
    }
    for template in model.index_templates() {
        members.extend(encode_index_template(model, template, before, private));
    }
    members.extend(quote!(writer.raw("}");));
    if model.fields.iter().all(|field| !is_stamped(field)) {
        members.extend(quote!(let _ = context;));
    }
    members
}

/// Whether a write sets the field, instead of taking it from the item.
fn is_stamped(field: &Field) -> bool {
    matches!(field.role, Some(Role::CreatedAt | Role::UpdatedAt | Role::Version))
}

/// What is stored for a field: a statement that makes it, if it is not the field itself, and a reference to it.
fn stored(field: &Field, private: &TokenStream) -> (Option<TokenStream>, TokenStream) {
    let (ident, attribute) = (&field.ident, &field.attribute);
    let variable = format_ident!("stored_{}", field.id.0, span = field.type_span());
    let made = match field.role {
        Some(Role::Ttl) => {
            let as_ttl = type_as(&field.ty, &quote!(#private::model::TimeToLive));
            quote_spanned!(field.type_span()=> #as_ttl::to_stored(self.#ident))
        }
        Some(Role::CreatedAt) => {
            let field = quote_spanned!(field.type_span()=> self.#ident);
            quote!(context.created_at(#field))
        }
        Some(Role::UpdatedAt) => {
            // The field's own value is not looked at, yet it must be able to hold what is written.
            let as_timestamp = type_as(&field.ty, &quote!(#private::model::RoleTimestamp));
            quote!({
                let _ = #as_timestamp::set;
                context.now
            })
        }
        Some(Role::Version) => {
            let field = quote_spanned!(field.type_span()=> self.#ident);
            quote!(context.next_version(#field).map_err(|error| error.in_attribute(#attribute))?)
        }
        None => return (None, quote!(&self.#ident)),
    };
    let at_type = field.type_span();
    (Some(quote_spanned!(at_type=> let #variable = #made;)), quote_spanned!(at_type=> &#variable))
}

/// Writes the member of an index template, unless one of its parts has no value.
fn encode_index_template(
    model: &Model,
    template: &Template,
    before: Before,
    private: &TokenStream,
) -> TokenStream {
    if template.fields().is_empty() {
        // The key's field, when there is no template before, has opened the item.
        return text::encode_template(model, template, ",", private);
    }

    let mut is_whole = false;
    let parts = template.parts.iter().map(|part| match part {
        TemplatePart::Literal(literal) => quote!(text.push_str(#literal);),
        TemplatePart::Field(field) => {
            let field = model.field(*field);
            let (_, value) = stored(field, private);
            let written = codec::written_type(field, private);
            let as_text = type_as(&written, &quote!(#private::key::IndexKeyText));
            let write = quote!(#as_text::write_index_key_text(#value, &mut text));
            let statement =
                if is_whole { quote!(is_whole &= #write;) } else { quote!(let mut is_whole = #write;) };
            is_whole = true;
            statement
        }
    });
    let parts: Vec<_> = parts.collect();

    let name = text::json(&template.attribute);
    let (comma, prefix) = match before {
        Before::Something => (None, format!(",{name}:")),
        Before::Unknown => (Some(quote!(writer.comma();)), format!("{name}:")),
    };
    let capacity = text::capacity(template);
    quote! {
        let mut text = writer.lend_text();
        text.reserve(#capacity);
        #(#parts)*
        if is_whole {
            #comma
            writer.raw(#prefix);
            writer.string(&text);
        }
        writer.take_back(text);
    }
}

fn roles(model: &Model, private: &TokenStream) -> TokenStream {
    let version = model.with_role(Role::Version).map(|field| {
        let ident = &field.ident;
        let as_version = type_as(&field.ty, &quote!(#private::model::Version));
        quote! {
            fn version(&self) -> ::core::option::Option<u64> {
                #as_version::to_u64(self.#ident)
            }
        }
    });
    let expires_at = model.with_role(Role::Ttl).map(|field| {
        let ident = &field.ident;
        let as_ttl = type_as(&field.ty, &quote!(#private::model::TimeToLive));
        quote! {
            fn expires_at(&self) -> ::core::option::Option<#private::Timestamp> {
                #as_ttl::expires_at(self.#ident)
            }
        }
    });
    quote!(#version #expires_at)
}

/// The fields of index templates that the primary key does not hold.
fn index_parts(model: &Model, private: &TokenStream) -> Option<TokenStream> {
    let parts: Vec<_> = model
        .fields
        .iter()
        .filter(|field| !model.is_in_primary_key(field.id))
        .filter(|field| model.index_templates().any(|template| template.fields().contains(&field.id)))
        .map(|field| {
            let (attribute, ident) = (&field.attribute, &field.ident);
            match codec::fallback(field) {
                Some(fallback) => {
                    quote!(parts.assign_with_default(#attribute, &self.#ident, &(#fallback)())?;)
                }
                None => quote!(parts.assign(#attribute, &self.#ident)?;),
            }
        })
        .collect();
    if parts.is_empty() {
        return None;
    }
    Some(quote! {
        fn index_parts(
            &self,
            parts: &mut #private::model::Assignments,
        ) -> ::core::result::Result<(), #private::codec::EncodeError> {
            #(#parts)*
            ::core::result::Result::Ok(())
        }
    })
}
