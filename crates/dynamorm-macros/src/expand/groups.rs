use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::{
    names::{Names, at},
    visibility,
};
use crate::model::{Group, Model};

/// A struct for each group of fields that are set together.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    model
        .groups
        .iter()
        .filter(|group| group.fields.len() > 1)
        .map(|group| expand_one(model, group, names))
        .collect()
}

fn expand_one(model: &Model, group: &Group, names: &Names) -> TokenStream {
    let private = &names.private;
    let (owner, visibility, ident) = (&model.ident, &model.visibility, names.group(model, group));
    let (generics, arguments, where_clause) = names.parameters.split();
    let fields: Vec<_> = group.fields.iter().map(|field| model.field(*field)).collect();

    let templates: Vec<_> = group
        .templates
        .iter()
        .map(|template| format!("`{}`", model.templates[template.0].literal.value()))
        .collect();
    let doc = format!(
        "The fields of [`{owner}`] that stand together in {}: an update sets all of them, by `set_group`, so that the \
         stored index keys stay true.",
        templates.join(" and ")
    );
    let docs = fields.iter().map(|field| format!("The new `{}`.", field.name));
    let visibilities = fields.iter().map(|field| visibility::of_field(visibility, &field.visibility));
    let idents = fields.iter().map(|field| &field.ident);
    let types = fields.iter().map(|field| &field.ty);
    let assignments = fields.iter().map(|field| {
        let (ident, attribute) = (&field.ident, &field.attribute);
        let value = at(&quote!(&self), field.type_span());
        let assign = quote_spanned!(field.type_span()=> assign);
        let assign = quote!(assignments.#assign(#attribute, #value.#ident)?;);
        if !field.skip_if_empty {
            return assign;
        }
        let is_empty = quote_spanned!(field.type_span()=> is_empty);
        quote! {
            if self.#ident.#is_empty() {
                assignments.assign_left_out(#attribute, #value.#ident)?;
            } else {
                #assign
            }
        }
    });
    // Without a field of its own for the parameters, the struct takes those its fields name.
    let phantom =
        names.parameters.phantom().map(|phantom| quote!(#[doc(hidden)] #visibility _model: #phantom,));

    quote! {
        #[doc = #doc]
        #[allow(dead_code)]
        #[derive(::core::clone::Clone, ::core::fmt::Debug)]
        #visibility struct #ident #generics #where_clause {
            #(#[doc = #docs] #visibilities #idents: #types,)*
            #phantom
        }

        #[automatically_derived]
        impl #generics #private::model::KeyGroup for #ident #arguments #where_clause {
            type Model = #owner #arguments;

            fn assign(
                &self,
                assignments: &mut #private::model::Assignments,
            ) -> ::core::result::Result<(), #private::codec::EncodeError> {
                #(#assignments)*
                ::core::result::Result::Ok(())
            }
        }
    }
}
