use proc_macro2::TokenStream;
use quote::quote;

use super::{
    names::{Names, type_as},
    text::{self, json},
    visibility,
};
use crate::model::{KeySource, Model};

/// The struct of the primary key's fields, and its `PrimaryKey`.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let private = &names.private;
    let (visibility, ident, key) = (&model.visibility, &model.ident, &names.key);
    let (generics, arguments, where_clause) = names.parameters.split();
    let key_fields: Vec<_> =
        model.key.fields(&model.templates).into_iter().map(|id| model.field(id)).collect();

    let doc = format!("The primary key of [`{ident}`]: what `{ident}::key` gives.");
    let field_docs = key_fields.iter().map(|field| format!("The `{}` of the item.", field.name));
    let field_visibilities =
        key_fields.iter().map(|field| visibility::of_field(visibility, &field.visibility));
    let field_idents: Vec<_> = key_fields.iter().map(|field| &field.ident).collect();
    let field_types = key_fields.iter().map(|field| &field.ty);
    let phantom = names.parameters.phantom().map(|phantom| quote!(_model: #phantom,));
    let phantom_value = phantom.is_some().then(|| quote!(_model: ::core::marker::PhantomData,));

    let encode_key = encode_key(model, private);
    let parts = key_fields.iter().map(|field| {
        let (ident, attribute) = (&field.ident, &field.attribute);
        let as_attribute = type_as(&field.ty, &quote!(#private::codec::Attribute));
        quote!(#attribute => #as_attribute::encode(&self.#ident, writer).map(|()| true),)
    });
    let key_name = key.to_string();
    let (derives, impls) = if names.parameters.is_empty() {
        (Some(quote!(#[derive(::core::clone::Clone, ::core::fmt::Debug)])), None)
    } else {
        // A derive would ask the same of the parameters, which only name the model.
        let impls = quote! {
            #[automatically_derived]
            impl #generics ::core::clone::Clone for #key #arguments #where_clause {
                fn clone(&self) -> Self {
                    Self { #(#field_idents: ::core::clone::Clone::clone(&self.#field_idents),)* #phantom_value }
                }
            }

            #[automatically_derived]
            impl #generics ::core::fmt::Debug for #key #arguments #where_clause {
                fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    f.debug_struct(#key_name)
                        #(.field(::core::stringify!(#field_idents), &self.#field_idents))*
                        .finish_non_exhaustive()
                }
            }
        };
        (None, Some(impls))
    };

    quote! {
        #[doc = #doc]
        #derives
        #visibility struct #key #generics #where_clause {
            #(#[doc = #field_docs] #field_visibilities #field_idents: #field_types,)*
            #phantom
        }

        #impls

        #[automatically_derived]
        impl #generics ::core::cmp::PartialEq for #key #arguments #where_clause {
            fn eq(&self, other: &Self) -> bool {
                #private::model::encoded_key(self) == #private::model::encoded_key(other)
            }
        }

        #[automatically_derived]
        impl #generics ::core::cmp::Eq for #key #arguments #where_clause {}

        #[automatically_derived]
        impl #generics ::core::hash::Hash for #key #arguments #where_clause {
            fn hash<__H: ::core::hash::Hasher>(&self, state: &mut __H) {
                ::core::hash::Hash::hash(&#private::model::encoded_key(self).ok(), state);
            }
        }

        #[automatically_derived]
        impl #generics #private::model::PrimaryKey for #key #arguments #where_clause {
            type Model = #ident #arguments;

            fn encode_key(
                &self,
                writer: &mut #private::codec::Writer,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                #encode_key
                ::core::result::Result::Ok(())
            }

            fn encode_part(
                &self,
                attribute: &str,
                writer: &mut #private::codec::Writer,
            ) -> ::core::result::Result<bool, #private::codec::EncodeError> {
                match attribute {
                    #(#parts)*
                    _ => ::core::result::Result::Ok(false),
                }
            }
        }

        #[automatically_derived]
        impl #generics #private::model::DeleteTarget for #key #arguments #where_clause {
            type Model = #ident #arguments;

            fn key(&self) -> #key #arguments {
                ::core::clone::Clone::clone(self)
            }

            fn version(&self) -> ::core::option::Option<u64> {
                ::core::option::Option::None
            }
        }

        #[automatically_derived]
        impl #generics #private::model::DeleteTarget for &#ident #arguments #where_clause {
            type Model = #ident #arguments;

            fn key(&self) -> #key #arguments {
                #private::model::Model::primary_key(*self)
            }

            fn version(&self) -> ::core::option::Option<u64> {
                #private::model::Model::version(*self)
            }
        }
    }
}

/// Writes the whole key as an item of its own, from the fields of `self`: `{"pk":{"S":"…"},"sk":{"S":"…"}}`.
pub(super) fn encode_key(model: &Model, private: &TokenStream) -> TokenStream {
    let sides = std::iter::once(model.key.partition).chain(model.key.sort);
    let members = sides.zip(["{", ","]).map(|(source, before)| match source {
        KeySource::Template(template) => {
            let template = &model.templates[template.0];
            text::encode_template(model, template, before, private)
        }
        KeySource::Field(field) => {
            let field = model.field(field);
            let (ident, attribute) = (&field.ident, &field.attribute);
            let prefix = format!("{before}{}:", json(attribute));
            let as_attribute = type_as(&field.ty, &quote!(#private::codec::Attribute));
            quote! {
                writer.raw(#prefix);
                #as_attribute::encode(&self.#ident, writer).map_err(|error| error.in_attribute(#attribute))?;
            }
        }
    });
    quote! {
        #(#members)*
        writer.raw("}");
    }
}
