use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Visibility};

use super::{names::Names, parameters::Parameters, visibility};
use crate::model::{Field, Model, PRIMARY};

/// A type without values of its own that stands for a field or an index.
pub(super) struct Marker<'a> {
    pub(super) ident: &'a Ident,
    pub(super) visibility: Visibility,
    pub(super) doc: String,
}

/// The module of a model's markers.
///
/// It holds nothing but them, and names nothing outside: so a model may stand in a function's body, whose items no
/// module can name.
pub(super) fn expand_schema(model: &Model, names: &Names) -> TokenStream {
    let doc = format!("The indexes and fields of [`{}`] as types.", model.ident);
    let primary = Ident::new(PRIMARY, Span::call_site());
    let of_struct = visibility::one_module_in(&model.visibility);
    let primary =
        Marker { ident: &primary, visibility: of_struct.clone(), doc: "The table itself.".to_owned() };
    let indexes = model.indexes.iter().map(|index| Marker {
        ident: &index.ident,
        visibility: of_struct.clone(),
        doc: format!("The index `{}`.", index.name.value()),
    });
    let fields = model.fields.iter().map(|field| of_field(field, &model.visibility));
    let markers: Vec<_> = std::iter::once(primary).chain(indexes).chain(fields).collect();
    module(&model.visibility, &names.schema, &doc, &markers, &names.parameters)
}

/// The marker of a field.
pub(super) fn of_field<'a>(field: &'a Field, of_struct: &Visibility) -> Marker<'a> {
    let visibility = visibility::of_field(of_struct, &field.visibility);
    Marker {
        ident: &field.ident,
        visibility: visibility::one_module_in(visibility),
        doc: format!("The field `{}`.", field.name),
    }
}

/// A module of markers.
pub(super) fn module(
    visibility: &Visibility,
    name: &Ident,
    doc: &str,
    markers: &[Marker<'_>],
    parameters: &Parameters,
) -> TokenStream {
    let declarations = markers.iter().map(|marker| declare(marker, parameters));
    quote! {
        #[doc = #doc]
        #[allow(non_camel_case_types, dead_code)]
        #visibility mod #name {
            #(#declarations)*
        }
    }
}

/// An expression for the marker's value.
pub(super) fn value(module: &Ident, marker: &Ident, parameters: &Parameters) -> TokenStream {
    let phantom = parameters.phantom().map(|_| quote!((::core::marker::PhantomData)));
    quote!(#module::#marker #phantom)
}

fn declare(marker: &Marker<'_>, parameters: &Parameters) -> TokenStream {
    let Marker { ident, visibility, doc } = marker;
    if parameters.is_empty() {
        return quote! {
            #[doc = #doc]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            #visibility struct #ident;
        };
    }

    // A derive would ask the same of the parameters.
    let (generics, arguments) = (parameters.bare(), parameters.arguments());
    let phantom = parameters.phantom().map(|phantom| quote!((pub(super) #phantom)));
    let name = ident.to_string();
    quote! {
        #[doc = #doc]
        #visibility struct #ident #generics #phantom;

        #[automatically_derived]
        impl #generics ::core::clone::Clone for #ident #arguments {
            fn clone(&self) -> Self {
                *self
            }
        }

        #[automatically_derived]
        impl #generics ::core::marker::Copy for #ident #arguments {}

        #[automatically_derived]
        impl #generics ::core::fmt::Debug for #ident #arguments {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(#name)
            }
        }
    }
}
