use proc_macro2::TokenStream;
use quote::{format_ident, quote, quote_spanned};
use syn::{ext::IdentExt, spanned::Spanned};

use super::carriage::number;
use crate::model::{ProjectedField, Projection};

/// What `#[derive(Projection)]` writes: how its fields are read, each as the model says, and which indexes carry them.
///
/// The model's fields are reached through its function `fields`, by whatever name the model has where the projection
/// stands: the compiler says which field is missing or of another type.
pub(super) fn expand(projection: &Projection) -> TokenStream {
    let facade = &projection.facade;
    let private = quote!(#facade::__private);
    let (ident, model) = (&projection.ident, &projection.model);
    let idents: Vec<_> = projection.fields.iter().map(|field| &field.ident).collect();
    // At the place of the type, where the compiler points if the model's is another.
    let variables: Vec<_> = (0..)
        .zip(&projection.fields)
        .map(|(position, field)| format_ident!("field_{position}", span = field.ty.span()))
        .collect();
    let values = projection.fields.iter().zip(&variables).map(|(field, variable)| {
        let ty = &field.ty;
        quote_spanned! {ty.span()=>
            let #variable = #variable.value()?;
            let #variable: #ty = #variable;
        }
    });
    let carried = carried(projection, &private);

    quote! {
        #[automatically_derived]
        impl #private::model::ReadItem for #ident {
            const ATTRIBUTES: ::core::option::Option<&'static [&'static str]> =
                ::core::option::Option::Some(&[#(#private::model::attribute_of(<#model>::fields().#idents)),*]);

            fn decode_item(
                reader: &mut #private::codec::Reader<'_>,
            ) -> ::core::result::Result<Self, #private::codec::DecodeError> {
                let fields = <#model>::fields();
                #(let mut #variables = #private::model::FieldRead::of(fields.#idents);)*
                reader.item(|reader, name| {
                    if #(!#variables.read(&name, reader)?)&&* {
                        reader.skip()?;
                    }
                    ::core::result::Result::Ok(())
                })?;
                #(#values)*
                ::core::result::Result::Ok(Self { #(#idents: #variables,)* })
            }
        }

        #[automatically_derived]
        impl #private::model::Projection for #ident {
            type Model = #model;
        }

        #carried
    }
}

/// Which indexes the projection can be read of. Each field is a type of its own there, so that the compiler names the
/// one that an index lacks.
fn carried(projection: &Projection, private: &TokenStream) -> TokenStream {
    let ident = &projection.ident;
    let (markers, numbers): (Vec<_>, Vec<_>) = projection
        .fields
        .iter()
        .map(|ProjectedField { ident, .. }| (ident, number(&ident.unraw().to_string())))
        .unzip();
    quote! {
        const _: () = {
            #(
                #[allow(non_camel_case_types)]
                struct #markers;

                #[diagnostic::do_not_recommend]
                #[automatically_derived]
                impl<__Index: #private::model::Carries<#numbers>> #private::model::FieldOn<__Index> for #markers {}
            )*

            #[automatically_derived]
            impl<__Index> #private::model::CarriedBy<__Index> for #ident
            where
                #(#markers: #private::model::FieldOn<__Index>,)*
            {
            }
        };
    }
}
