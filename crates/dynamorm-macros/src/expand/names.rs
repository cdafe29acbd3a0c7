use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{Ident, ext::IdentExt, parse_quote, spanned::Spanned};

use super::parameters::Parameters;
use crate::{
    case,
    model::{Group, Index, Model, PRIMARY},
};

/// What the generated code of a model is called, and where it finds what it uses.
pub(super) struct Names {
    /// The private module of the facade crate.
    pub(super) private: TokenStream,
    pub(super) parameters: Parameters,
    /// `OrderKey`
    pub(super) key: Ident,
    /// `OrderFields`
    pub(super) fields: Ident,
    /// `order_schema`
    pub(super) schema: Ident,
    /// `order_schema::Primary<T>`, with the arguments of the model.
    pub(super) primary: TokenStream,
    model: Ident,
}

impl Names {
    pub(super) fn of(model: &Model) -> Self {
        let facade = &model.facade;
        let private = quote!(#facade::__private);
        let bounds = parse_quote! {
            #private::codec::Attribute
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static
        };
        let parameters = Parameters::of(&model.generics, &bounds);
        let name = model.ident.unraw();
        let schema = Ident::new(&case::module_of_model(&name.to_string()), Span::call_site());
        let primary = Ident::new(PRIMARY, Span::call_site());
        let arguments = parameters.arguments();
        Self {
            private,
            key: format_ident!("{name}Key"),
            fields: format_ident!("{name}Fields"),
            primary: quote!(#schema::#primary #arguments),
            schema,
            parameters,
            model: name,
        }
    }

    /// `order_schema::RegionIndex<T>`
    pub(super) fn index(&self, index: &Index) -> TokenStream {
        let (schema, ident, arguments) = (&self.schema, &index.ident, self.parameters.arguments());
        quote!(#schema::#ident #arguments)
    }

    /// `OrderByRegion`: what the function `by_region` gives.
    pub(super) fn partition(&self, method: &Ident) -> Ident {
        format_ident!("{}{}", self.model, case::in_type(&method.unraw().to_string()))
    }

    /// `OrderTenantIdAndRegion`
    pub(super) fn group(&self, model: &Model, group: &Group) -> Ident {
        let fields: Vec<_> =
            group.fields.iter().map(|field| case::in_type(&model.field(*field).name)).collect();
        format_ident!("{}{}", self.model, fields.join("And"))
    }
}

/// `<T as Trait>` at the place of the type, so that a type which lacks the trait is reported there, and only once.
pub(super) fn type_as(ty: &impl ToTokens, bound: &TokenStream) -> TokenStream {
    let place = ty.span();
    let bound = at(bound, place);
    quote_spanned!(place=> <#ty as #bound>)
}

/// The path with every token at `place`.
pub(super) fn at(path: &TokenStream, place: Span) -> TokenStream {
    path.clone()
        .into_iter()
        .map(|mut token| {
            token.set_span(place);
            token
        })
        .collect()
}
