use std::collections::HashMap;

use syn::{
    Data, DataEnum, DataStruct, DeriveInput, Fields, Generics, Ident, Path, Type, Visibility, ext::IdentExt,
};

use super::{
    field::{self, Field},
    generics::refuse_lifetimes,
};
use crate::{
    case::Case,
    errors::Errors,
    parse::{Given, NestedOptions, refuse_options},
};

/// A type that derives `Attribute`.
pub(crate) struct Nested {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) generics: Generics,
    pub(crate) facade: Path,
    pub(crate) shape: Shape,
}

/// How such a type is stored.
pub(crate) enum Shape {
    /// `struct Address { … }`: M.
    Map(Vec<Field>),
    /// `struct UserId(String)`: as what it wraps.
    Wrapper(Box<Type>),
    /// An enum: S, or M of one entry where a variant has data.
    Enum(Vec<Variant>),
}

/// One variant of an enum.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// What the variant is stored as.
    pub(crate) name: String,
    pub(crate) data: VariantData,
}

/// What a variant holds.
pub(crate) enum VariantData {
    /// `Paid`
    Nothing,
    /// `Paid(Receipt)`
    Value(Box<Type>),
    /// `Paid { at: Timestamp }`
    Map(Vec<Field>),
}

impl Nested {
    /// Reads the type and reports everything that is wrong with it.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let options = NestedOptions::parse_type(&input.attrs, errors);
        let rename_all = options.rename_all.right();
        refuse_lifetimes(&input.generics, errors);

        let shape = match &input.data {
            Data::Struct(data) => read_struct(input, data, rename_all, errors)?,
            Data::Enum(data) => Shape::Enum(read_enum(input, data, rename_all, errors)?),
            Data::Union(_) => return refuse(&input.ident, "a union's fields cannot be read safely", errors),
        };
        Some(Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            generics: input.generics.clone(),
            facade: options.crate_path.facade(),
            shape,
        })
    }
}

impl Variant {
    /// Whether the variant is stored as its name alone.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(self.data, VariantData::Nothing)
    }
}

fn read_struct(
    input: &DeriveInput,
    data: &DataStruct,
    rename_all: Option<Case>,
    errors: &mut Errors,
) -> Option<Shape> {
    match &data.fields {
        Fields::Named(fields) => {
            let fields = field::read_named(fields, rename_all, errors)?;
            refuse_roles(&fields, errors);
            Some(Shape::Map(fields))
        }
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
            Some(Shape::Wrapper(Box::new(wrapped(&fields.unnamed[0], errors))))
        }
        Fields::Unnamed(_) => refuse(&input.ident, "give its fields names, or wrap one value", errors),
        Fields::Unit => refuse(&input.ident, "it holds nothing; use a struct with fields or an enum", errors),
    }
}

fn read_enum(
    input: &DeriveInput,
    data: &DataEnum,
    rename_all: Option<Case>,
    errors: &mut Errors,
) -> Option<Vec<Variant>> {
    if data.variants.is_empty() {
        return refuse(&input.ident, "it has no variants, so it has no values", errors);
    }

    let mut variants = Vec::with_capacity(data.variants.len());
    let mut by_name: HashMap<String, &Ident> = HashMap::new();
    for variant in &data.variants {
        let options = NestedOptions::parse_variant(&variant.attrs, errors);
        let plain = variant.ident.unraw().to_string();
        let name = match options.rename {
            Given::Right(rename) => rename.value(),
            Given::Missing | Given::Wrong => {
                rename_all.map_or_else(|| plain.clone(), |case| case.of_variant(&plain))
            }
        };
        if let Some(other) = by_name.insert(name.clone(), &variant.ident) {
            errors.at(
                &variant.ident,
                format_args!("`{plain}` and `{other}` are both stored as `{name}`; `rename` one of them"),
            );
        }
        let data = match &variant.fields {
            Fields::Unit => Some(VariantData::Nothing),
            Fields::Unnamed(fields) if fields.unnamed.len() == 1 => {
                Some(VariantData::Value(Box::new(wrapped(&fields.unnamed[0], errors))))
            }
            Fields::Unnamed(_) => refuse(&variant.ident, "give its fields names, or wrap one value", errors),
            Fields::Named(fields) => {
                let fields = field::read_named(fields, options.rename_all.right(), errors);
                fields.inspect(|fields| refuse_roles(fields, errors)).map(VariantData::Map)
            }
        };
        variants.push(data.map(|data| Variant { ident: variant.ident.clone(), name, data }));
    }
    variants.into_iter().collect()
}

/// The type of a value without a name, which takes no options.
fn wrapped(field: &syn::Field, errors: &mut Errors) -> Type {
    refuse_options(&field.attrs, "a wrapped value is stored as it is", errors);
    field.ty.clone()
}

fn refuse_roles(fields: &[Field], errors: &mut Errors) {
    for field in fields {
        if let Some(role) = field.role {
            errors.at(
                &field.ident,
                format_args!(
                    "`{role}` is a role of an item's field, not of a field inside an attribute; remove it"
                ),
            );
        }
    }
}

fn refuse<T>(ident: &Ident, why: &str, errors: &mut Errors) -> Option<T> {
    errors.at(ident, format_args!("`{ident}` cannot be an attribute: {why}"));
    None
}
