//! Which indexes carry a field: which queries may filter by it, and which read it.

use proc_macro2::TokenStream;
use quote::quote;

use super::names::Names;
use crate::model::{Field, FieldId, Index, IndexProjection, KeySource, Model};

/// `FilterOn` for every index that carries the field and whose key it is not.
pub(super) fn filters(model: &Model, field: &Field, names: &Names) -> TokenStream {
    let private = &names.private;
    let (generics, arguments, where_clause) = names.parameters.split();
    let (schema, ident) = (&names.schema, &field.ident);
    let marker = quote!(#schema::#ident #arguments);

    let in_primary = !is_key(KeySource::Field(field.id), model.key.partition, model.key.sort);
    let in_indexes: Vec<_> = model
        .indexes
        .iter()
        .filter(|index| !is_key(KeySource::Field(field.id), index.partition, index.sort))
        .filter(|index| is_carried(model, field, index))
        .map(|index| names.index(index))
        .collect();

    if in_primary && in_indexes.len() == model.indexes.len() {
        // One impl for all of them, so that code that is generic over the index can filter by it.
        let inner = (!names.parameters.is_empty()).then(|| names.parameters.inner());
        let comma = inner.as_ref().map(|_| quote!(,));
        return quote! {
            #[automatically_derived]
            impl<#inner #comma __Index> #private::expression::FilterOn<__Index> for #marker #where_clause {}
        };
    }
    let primary = in_primary.then(|| names.primary.clone());
    let indexes = primary.into_iter().chain(in_indexes);
    quote! {
        #(
            #[automatically_derived]
            impl #generics #private::expression::FilterOn<#indexes> for #marker #where_clause {}
        )*
    }
}

/// `Carries` of the field for every index that does, and the table itself.
pub(super) fn carriers(model: &Model, field: &Field, names: &Names) -> TokenStream {
    let private = &names.private;
    let (generics, _, where_clause) = names.parameters.split();
    let number = number(&field.name);
    let indexes = model.indexes.iter().filter(|index| is_carried(model, field, index));
    let indexes = std::iter::once(names.primary.clone()).chain(indexes.map(|index| names.index(index)));
    quote! {
        #(
            #[automatically_derived]
            impl #generics #private::model::Carries<#number> for #indexes #where_clause {}
        )*
    }
}

/// The number by which a projection, which knows a field's name alone, asks whether an index carries it: FNV-1a of the
/// name. Two fields of a model with one number would be two implementations for one index, which the compiler refuses.
pub(super) fn number(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

fn is_carried(model: &Model, field: &Field, index: &Index) -> bool {
    let is_projected = match &index.projection {
        IndexProjection::All => true,
        IndexProjection::Keys => false,
        IndexProjection::Fields(fields) => fields.contains(&field.id),
    };
    is_projected
        || is_key(KeySource::Field(field.id), index.partition, index.sort)
        || is_key_of_table(model, field.id)
}

fn is_key(source: KeySource, partition: KeySource, sort: Option<KeySource>) -> bool {
    partition == source || sort == Some(source)
}

/// Every index carries the table's own key attributes.
fn is_key_of_table(model: &Model, field: FieldId) -> bool {
    is_key(KeySource::Field(field), model.key.partition, model.key.sort)
}
