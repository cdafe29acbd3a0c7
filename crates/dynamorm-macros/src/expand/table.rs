use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use super::names::{Names, at, type_as};
use crate::{
    model::{Index, IndexProjection, KeySource, Model, Template, TemplatePart},
    parse::{Role, StreamView},
};

/// The value of the model's `TableDefinition`.
pub(super) fn expand(model: &Model, names: &Names) -> TokenStream {
    let private = &names.private;
    let name = &model.table;
    let primary_key = key_schema(model, model.key.partition, model.key.sort, Of::Primary, private);
    let indexes = model.indexes.iter().map(|index| self::index(model, index, private));
    let [ttl, created_at, updated_at, version] = Role::ALL.map(|role| match model.with_role(role) {
        Some(field) => {
            let attribute = &field.attribute;
            quote!(::core::option::Option::Some(#attribute))
        }
        None => quote!(::core::option::Option::None),
    });
    let stream = match model.stream {
        Some(view) => {
            let view = stream_view(view);
            quote!(::core::option::Option::Some(#private::model::StreamView::#view))
        }
        None => quote!(::core::option::Option::None),
    };
    let templates = model.index_templates().map(|template| self::template(model, template, private));
    let partition_form = key_form(model, Some(model.key.partition), private);
    let sort_form = key_form(model, model.key.sort, private);

    quote! {
        #private::model::TableDefinition {
            name: #name,
            primary_key: #primary_key,
            indexes: &[#(#indexes),*],
            ttl: #ttl,
            stream: #stream,
            version: #version,
            created_at: #created_at,
            updated_at: #updated_at,
            templates: &[#(#templates),*],
            partition_form: #partition_form,
            sort_form: #sort_form,
        }
    }
}

/// What a key schema is of: an index's key may be absent, the primary key may not.
#[derive(Clone, Copy)]
enum Of {
    Primary,
    Index,
}

fn key_schema(
    model: &Model,
    partition: KeySource,
    sort: Option<KeySource>,
    of: Of,
    private: &TokenStream,
) -> TokenStream {
    let partition = key_attribute(model, partition, of, private);
    let sort = match sort {
        Some(sort) => {
            let sort = key_attribute(model, sort, of, private);
            quote!(::core::option::Option::Some(#sort))
        }
        None => quote!(::core::option::Option::None),
    };
    quote!(#private::model::KeySchema { partition: #partition, sort: #sort })
}

fn key_attribute(model: &Model, source: KeySource, of: Of, private: &TokenStream) -> TokenStream {
    let name = model.key_attribute(source);
    let kind = match source {
        KeySource::Template(_) => quote!(#private::key::KeyKind::S),
        KeySource::Field(field) => {
            let field = model.field(field);
            match (of, field.role) {
                (_, Some(Role::Ttl | Role::Version)) => quote!(#private::key::KeyKind::N),
                (Of::Primary, _) => {
                    let as_key = type_as(&field.ty, &quote!(#private::key::KeyValue));
                    quote!(#as_key::KIND)
                }
                (Of::Index, _) => {
                    let as_key = type_as(&field.ty, &quote!(#private::key::IndexKeyValue));
                    quote!(#as_key::INDEX_KIND)
                }
            }
        }
    };
    quote!(#private::model::KeyAttribute { name: #name, kind: #kind })
}

fn index(model: &Model, index: &Index, private: &TokenStream) -> TokenStream {
    let name = &index.name;
    let key = key_schema(model, index.partition, index.sort, Of::Index, private);
    let projection = match &index.projection {
        IndexProjection::All => quote!(#private::model::IndexProjection::All),
        IndexProjection::Keys => quote!(#private::model::IndexProjection::Keys),
        IndexProjection::Fields(fields) => {
            let attributes = fields.iter().map(|field| &model.field(*field).attribute);
            quote!(#private::model::IndexProjection::Include(&[#(#attributes),*]))
        }
    };
    quote!(#private::model::IndexDefinition { name: #name, key: #key, projection: #projection })
}

fn stream_view(view: StreamView) -> TokenStream {
    match view {
        StreamView::KeysOnly => quote!(KeysOnly),
        StreamView::NewImage => quote!(NewImage),
        StreamView::OldImage => quote!(OldImage),
        StreamView::NewAndOldImages => quote!(NewAndOldImages),
    }
}

fn template(model: &Model, template: &Template, private: &TokenStream) -> TokenStream {
    let attribute = &template.attribute;
    let parts = template.parts.iter().map(|part| match part {
        TemplatePart::Literal(literal) => quote!(#private::key::TemplatePart::Literal(#literal)),
        TemplatePart::Field(field) => {
            let field = model.field(*field);
            let (ty, attribute) = (&field.ty, &field.attribute);
            let at_type = at(private, field.type_span());
            let push = quote_spanned!(field.type_span()=> #at_type::key::push_part::<#ty>);
            quote! {
                #private::key::TemplatePart::Field(#private::key::FieldPart {
                    attribute: #attribute,
                    push: #push,
                })
            }
        }
    });
    quote!(#private::key::Template { attribute: #attribute, parts: &[#(#parts),*] })
}

/// What the values of a key have in common: what stands before, between and after the fields of its template.
fn key_form(model: &Model, source: Option<KeySource>, private: &TokenStream) -> TokenStream {
    let Some(KeySource::Template(template)) = source else { return quote!(#private::key::KeyForm::Any) };
    let mut literals = vec![String::new()];
    for part in &model.templates[template.0].parts {
        match (part, literals.last_mut()) {
            (TemplatePart::Literal(text), Some(literal)) => literal.push_str(text),
            _ => literals.push(String::new()),
        }
    }
    quote!(#private::key::KeyForm::Joined(&[#(#literals),*]))
}
