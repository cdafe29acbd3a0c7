use std::collections::HashMap;

use proc_macro2::Span;
use syn::{
    Data, DeriveInput, Fields, FieldsNamed, GenericArgument, Ident, LitStr, PathArguments, Type, Visibility,
    ext::IdentExt, spanned::Spanned,
};

use crate::{
    case::Case,
    errors::Errors,
    parse::{Fallback, FieldOptions, Given, Role},
};

/// The place of a field in its struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub(crate) usize);

/// One field of a struct.
pub(crate) struct Field {
    pub(crate) id: FieldId,
    pub(crate) ident: Ident,
    /// The field's name without `r#`.
    pub(crate) name: String,
    pub(crate) visibility: Visibility,
    pub(crate) ty: Type,
    /// The name of the attribute that holds the field.
    pub(crate) attribute: String,
    pub(crate) skip_if_empty: bool,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) role: Option<Role>,
}

/// The field called `name`.
pub(crate) fn named<'a>(fields: &'a [Field], name: &str) -> Option<&'a Field> {
    fields.iter().find(|field| field.name == name)
}

/// The fields of a struct that derives `Model`.
pub(super) fn read(input: &DeriveInput, rename_all: Option<Case>, errors: &mut Errors) -> Option<Vec<Field>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) if !fields.named.is_empty() => read_named(fields, rename_all, errors),
            Fields::Named(_) => refuse(input, "it has no fields; add the ones that its key names", errors),
            Fields::Unnamed(_) => refuse(
                input,
                "attributes have names; give each field one, as in `struct Order { id: String }`",
                errors,
            ),
            Fields::Unit => refuse(input, "it has no fields; add the ones that its key names", errors),
        },
        Data::Enum(_) => refuse(
            input,
            "an item is a struct with named fields; derive `Attribute` for an enum inside one",
            errors,
        ),
        Data::Union(_) => refuse(input, "a union's fields cannot be read safely; use a struct", errors),
    }
}

/// The fields in braces of a struct or of an enum's variant.
pub(super) fn read_named(
    fields: &FieldsNamed,
    rename_all: Option<Case>,
    errors: &mut Errors,
) -> Option<Vec<Field>> {
    let mut read: Vec<Field> = Vec::with_capacity(fields.named.len());
    let mut by_attribute: HashMap<String, usize> = HashMap::new();

    for (position, field) in fields.named.iter().enumerate() {
        let ident = field.ident.clone()?;
        let options = FieldOptions::parse(&field.attrs, errors);
        let (skip_if_empty, fallback) = absence(&options, errors);
        let role = role(&options, errors);
        let name = ident.unraw().to_string();
        let place = match &options.rename {
            Given::Right(rename) => rename.span(),
            _ => ident.span(),
        };
        let attribute = attribute_name(options.rename, &name, rename_all, errors);

        if let Some(other) = by_attribute.insert(attribute.clone(), position) {
            let other = &read[other].name;
            errors.push(syn::Error::new(
                place,
                format_args!("`{name}` and `{other}` are both stored as `{attribute}`; `rename` one of them"),
            ));
        }
        read.push(Field {
            id: FieldId(position),
            ident,
            name,
            visibility: field.vis.clone(),
            ty: field.ty.clone(),
            attribute,
            skip_if_empty,
            fallback,
            role,
        });
    }
    Some(read)
}

/// An attribute's name: up to 64 KB by DynamoDB's rule, and not empty.
fn attribute_name(
    rename: Given<LitStr>,
    field: &str,
    rename_all: Option<Case>,
    errors: &mut Errors,
) -> String {
    match rename {
        Given::Right(rename) => {
            let name = rename.value();
            if name.is_empty() {
                errors.at(rename, "an attribute's name cannot be empty");
            }
            name
        }
        Given::Missing | Given::Wrong => {
            rename_all.map_or_else(|| field.to_owned(), |case| case.of_field(field))
        }
    }
}

fn absence(options: &FieldOptions, errors: &mut Errors) -> (bool, Option<Fallback>) {
    let skip_if_empty = matches!(options.skip_if_empty, Given::Right(_));
    match &options.default {
        Given::Right(Fallback::Function(function)) if skip_if_empty => {
            errors.at(
                function,
                "an empty value is left out by `skip_if_empty`, and this function would replace it on reading; \
                 remove one of the two",
            );
            (skip_if_empty, None)
        }
        Given::Right(fallback) => (skip_if_empty, Some(fallback.clone())),
        Given::Missing | Given::Wrong => (skip_if_empty, None),
    }
}

fn role(options: &FieldOptions, errors: &mut Errors) -> Option<Role> {
    let ((first, _), others) = options.roles.split_first()?;
    for (other, place) in others {
        if other == first {
            errors.at(place, format_args!("`{other}` is given twice; remove one"));
        } else {
            errors.at(place, format_args!("a field cannot be both `{first}` and `{other}`; use two fields"));
        }
    }
    Some(*first)
}

fn refuse<T>(input: &DeriveInput, why: &str, errors: &mut Errors) -> Option<T> {
    errors.push(syn::Error::new(
        input.ident.span(),
        format_args!("`{}` cannot be a model: {why}", input.ident),
    ));
    None
}

impl Field {
    /// The place for errors about the field's type.
    pub(crate) fn type_span(&self) -> Span {
        self.ty.span()
    }

    /// Whether the attribute may be missing, whatever the type is.
    pub(crate) fn is_optional(&self) -> bool {
        self.skip_if_empty || self.fallback.is_some()
    }

    /// The type without an `Option` around it, as far as the tokens tell: an alias of one is not seen.
    pub(crate) fn type_without_option(&self) -> &Type {
        let Type::Path(path) = &self.ty else { return &self.ty };
        let Some(last) = path.path.segments.last().filter(|last| last.ident == "Option") else {
            return &self.ty;
        };
        match &last.arguments {
            PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
                Some(GenericArgument::Type(inner)) => inner,
                _ => &self.ty,
            },
            PathArguments::None | PathArguments::Parenthesized(_) => &self.ty,
        }
    }
}
