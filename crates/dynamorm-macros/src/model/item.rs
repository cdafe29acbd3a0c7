use syn::{DeriveInput, Generics, Ident, LitStr, Path, Visibility};

use super::{
    field::{self, Field, FieldId},
    generics::refuse_lifetimes,
    group::{self, Group},
    index::{self, Index},
    key::{self, Key, KeySource, Template},
    name::check_name,
    role,
};
use crate::{
    errors::Errors,
    parse::{Given, ModelOptions, Role, StreamView},
};

/// A struct that derives `Model`.
pub(crate) struct Model {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    /// The path of the facade crate, `::dynamorm` unless named.
    pub(crate) facade: Path,
    pub(crate) table: LitStr,
    pub(crate) stream: Option<StreamView>,
    pub(crate) fields: Vec<Field>,
    /// Every template of the primary key and the indexes, each once.
    pub(crate) templates: Vec<Template>,
    pub(crate) key: Key,
    pub(crate) indexes: Vec<Index>,
    /// The fields that are set together because they stand in one template.
    pub(crate) groups: Vec<Group>,
}

impl Model {
    /// Reads the struct and reports everything that is wrong with it.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let options = ModelOptions::parse(&input.attrs, errors);
        let rename_all = options.rename_all.right();
        let facade = options.crate_path.facade();
        let table = table(options.table, &input.ident, errors);
        let stream = options.stream.right();
        refuse_lifetimes(&input.generics, errors);

        let fields = field::read(input, rename_all, errors)?;
        let mut templates = key::Templates::new(&fields);
        let key = options.key.or_missing(|| {
            errors.at(&input.ident, "missing primary key; add `#[dynamorm(key(partition = \"…\"))]`");
        });
        let key = key.and_then(|key| key::read(key, &mut templates, errors));
        let indexes = index::read(options.indexes, key.as_ref(), &mut templates, errors);
        let templates = templates.finish();

        role::check(&fields, &templates, key.as_ref(), errors);
        let key = key?;
        let groups = group::of(&fields, &templates, &key);

        Some(Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            generics: input.generics.clone(),
            facade,
            table: table?,
            stream,
            fields,
            templates,
            key,
            indexes: indexes?,
            groups,
        })
    }

    /// The field of an id.
    pub(crate) fn field(&self, id: FieldId) -> &Field {
        &self.fields[id.0]
    }

    /// The templates that the primary key does not hold, so that updates change them.
    pub(crate) fn index_templates(&self) -> impl Iterator<Item = &Template> {
        self.templates.iter().filter(|template| !template.is_primary)
    }

    /// The attribute that holds one side of a key.
    pub(crate) fn key_attribute(&self, source: KeySource) -> &str {
        match source {
            KeySource::Field(field) => &self.field(field).attribute,
            KeySource::Template(template) => &self.templates[template.0].attribute,
        }
    }

    /// The field with this role.
    pub(crate) fn with_role(&self, role: Role) -> Option<&Field> {
        self.fields.iter().find(|field| field.role == Some(role))
    }

    /// Whether the field stands in the primary key, alone or in a template.
    pub(crate) fn is_in_primary_key(&self, field: FieldId) -> bool {
        self.key.fields(&self.templates).contains(&field)
    }
}

fn table(given: Given<LitStr>, ident: &Ident, errors: &mut Errors) -> Option<LitStr> {
    let table = given.or_missing(|| {
        errors.at(ident, "missing table name; add `#[dynamorm(table = \"…\")]`");
    })?;
    check_name("table", &table, errors).then_some(table)
}
