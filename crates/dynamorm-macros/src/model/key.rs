use proc_macro2::Span;
use syn::{Ident, LitStr, ext::IdentExt};

use super::field::{self, Field, FieldId};
use crate::{
    errors::{Errors, did_you_mean},
    parse::{KeyOptions, KeySide},
    template::{self, Part},
};

/// The attributes of a primary key that is made by templates, unless they are named.
const PARTITION_ATTRIBUTE: &str = "pk";
const SORT_ATTRIBUTE: &str = "sk";

/// DynamoDB's longest name of a key attribute, in bytes.
const MAX_KEY_NAME: usize = 255;

/// The primary key.
pub(crate) struct Key {
    pub(crate) partition: KeySource,
    pub(crate) sort: Option<KeySource>,
    /// The function that queries one partition.
    pub(crate) method: Ident,
}

/// Where one side of a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeySource {
    /// The field's own attribute.
    Field(FieldId),
    /// An attribute that a template writes.
    Template(TemplateId),
}

/// The place of a template in its model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TemplateId(pub(crate) usize);

/// An attribute that is joined from literals and fields.
pub(crate) struct Template {
    pub(crate) id: TemplateId,
    pub(crate) attribute: String,
    pub(crate) parts: Vec<TemplatePart>,
    /// Whether it stands in the primary key, so that it never changes.
    pub(crate) is_primary: bool,
    /// The text as the user wrote it.
    pub(crate) literal: LitStr,
}

/// One part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplatePart {
    Literal(String),
    Field(FieldId),
}

/// Which side of which key is read.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Partition,
    Sort,
}

impl Key {
    /// The fields the key is made of, each once, in the order they stand in it.
    pub(crate) fn fields(&self, templates: &[Template]) -> Vec<FieldId> {
        let mut fields = Vec::new();
        for source in std::iter::once(self.partition).chain(self.sort) {
            for field in source.fields(templates) {
                if !fields.contains(&field) {
                    fields.push(field);
                }
            }
        }
        fields
    }
}

impl KeySource {
    /// The fields this side is made of, each once.
    pub(crate) fn fields(self, templates: &[Template]) -> Vec<FieldId> {
        match self {
            Self::Field(field) => vec![field],
            Self::Template(template) => templates[template.0].fields(),
        }
    }
}

impl Template {
    /// The fields that stand in the template, each once.
    pub(crate) fn fields(&self) -> Vec<FieldId> {
        let mut fields = Vec::new();
        for part in &self.parts {
            match part {
                TemplatePart::Field(field) if !fields.contains(field) => fields.push(*field),
                TemplatePart::Field(_) | TemplatePart::Literal(_) => {}
            }
        }
        fields
    }
}

/// The templates read so far, and the fields they may name.
pub(super) struct Templates<'a> {
    fields: &'a [Field],
    found: Vec<Template>,
}

impl<'a> Templates<'a> {
    pub(super) fn new(fields: &'a [Field]) -> Self {
        Self { fields, found: Vec::new() }
    }

    pub(super) fn finish(self) -> Vec<Template> {
        self.found
    }

    pub(super) fn fields(&self) -> &'a [Field] {
        self.fields
    }

    /// Resolves a field that a key or a projection names.
    pub(super) fn field(&self, name: &Ident, errors: &mut Errors) -> Option<FieldId> {
        let text = name.unraw().to_string();
        let field = field::named(self.fields, &text);
        if field.is_none() {
            errors.at(name, unknown_field(&text, self.fields));
        }
        field.map(|field| field.id)
    }

    /// Resolves one side of a key. `own_attribute` is what a template of the primary key is stored as by itself.
    pub(super) fn side(
        &mut self,
        side: KeySide,
        of: Side,
        own_attribute: Option<&str>,
        errors: &mut Errors,
    ) -> Option<KeySource> {
        match side {
            KeySide::Field(name) => {
                let field = self.field(&name, errors)?;
                check_key_name(&self.fields[field.0].attribute, name.span(), errors);
                Some(KeySource::Field(field))
            }
            KeySide::Template { template, attribute } => {
                self.template(&template, attribute, of, own_attribute, errors).map(KeySource::Template)
            }
        }
    }

    fn template(
        &mut self,
        literal: &LitStr,
        attribute: Option<LitStr>,
        of: Side,
        own_attribute: Option<&str>,
        errors: &mut Errors,
    ) -> Option<TemplateId> {
        let parts = self.parts(literal, of, errors);
        let (attribute, place) = match (attribute, own_attribute) {
            (Some(attribute), _) => (attribute.value(), attribute.span()),
            (None, Some(own)) => (own.to_owned(), literal.span()),
            (None, None) => {
                let side = if of == Side::Partition { "partition" } else { "sort" };
                errors.at(
                    literal,
                    format_args!(
                        "missing attribute of a template in an index; \
                         write `{side}({}, attribute = \"…\")`",
                        quote::ToTokens::to_token_stream(literal)
                    ),
                );
                return None;
            }
        };
        check_key_name(&attribute, place, errors);
        let parts = parts?;

        if let Some(field) = self.fields.iter().find(|field| field.attribute == attribute) {
            errors.push(syn::Error::new(
                place,
                format_args!(
                    "attribute `{attribute}` of this template is also where field `{}` is stored; \
                     name another one by `attribute = \"…\"`",
                    field.name
                ),
            ));
            return None;
        }
        if let Some(other) = self.found.iter().find(|other| other.attribute == attribute) {
            // Two indexes may share a stored key: then it is one template.
            if other.parts == parts {
                return Some(other.id);
            }
            errors.push(syn::Error::new(
                place,
                format_args!(
                    "attribute `{attribute}` is already written by the template `{}`; \
                     name another one by `attribute = \"…\"`",
                    other.literal.value()
                ),
            ));
            return None;
        }

        let id = TemplateId(self.found.len());
        self.found.push(Template {
            id,
            attribute,
            parts,
            is_primary: own_attribute.is_some(),
            literal: literal.clone(),
        });
        Some(id)
    }

    fn parts(&self, literal: &LitStr, of: Side, errors: &mut Errors) -> Option<Vec<TemplatePart>> {
        let text = literal.value();
        let parts = match template::parse(&text) {
            Ok(parts) => parts,
            Err(mistakes) => {
                for mistake in mistakes {
                    errors.at(literal, mistake);
                }
                return None;
            }
        };

        if parts.is_empty() {
            errors.at(literal, "a key cannot be an empty text; write a literal or a `{field}`");
            return None;
        }
        if of == Side::Partition && parts.iter().all(|part| matches!(part, Part::Literal(_))) {
            errors.at(
                literal,
                format_args!(
                    "partition template `{text}` names no field, so every item would be in one partition; \
                     add a field such as `{text}#{{{}}}`",
                    self.fields[0].name
                ),
            );
            return None;
        }
        let mut resolved = Vec::with_capacity(parts.len());
        let mut is_known = true;
        for part in parts {
            match part {
                Part::Literal(text) => resolved.push(TemplatePart::Literal(text)),
                Part::Field(name) => match field::named(self.fields, &name) {
                    Some(field) => resolved.push(TemplatePart::Field(field.id)),
                    None => {
                        errors.at(literal, unknown_field(&name, self.fields));
                        is_known = false;
                    }
                },
            }
        }
        is_known.then_some(resolved)
    }
}

/// The primary key that the user describes.
pub(super) fn read(options: KeyOptions, templates: &mut Templates<'_>, errors: &mut Errors) -> Option<Key> {
    let KeyOptions { place, partition, sort, method } = options;
    let partition = partition.or_missing(|| {
        errors
            .at(&place, "missing partition key; write `key(partition = \"…\")` or `key(partition = field)`");
    });

    // Both sides are resolved before either is given up, so that the mistakes of both are reported.
    let partition =
        partition.and_then(|side| templates.side(side, Side::Partition, Some(PARTITION_ATTRIBUTE), errors));
    let is_sorted = !matches!(sort, crate::parse::Given::Missing);
    let sort = sort.right().and_then(|side| templates.side(side, Side::Sort, Some(SORT_ATTRIBUTE), errors));
    if is_sorted && sort.is_none() {
        return None;
    }

    let partition = partition?;
    if sort == Some(partition) {
        errors.at(&place, "the partition key and the sort key are the same; leave out `sort`");
        return None;
    }
    let method = method.right().unwrap_or_else(|| Ident::new("partition", place.span()));
    Some(Key { partition, sort, method })
}

fn check_key_name(attribute: &str, place: Span, errors: &mut Errors) {
    if attribute.is_empty() || attribute.len() > MAX_KEY_NAME {
        errors.push(syn::Error::new(
            place,
            format_args!(
                "a key attribute's name of {} bytes; the limits are 1 and {MAX_KEY_NAME}",
                attribute.len()
            ),
        ));
    }
}

fn unknown_field(name: &str, fields: &[Field]) -> String {
    let hint = did_you_mean(name, fields.iter().map(|field| field.name.as_str()));
    format!("no field `{name}` in this struct{hint}")
}
