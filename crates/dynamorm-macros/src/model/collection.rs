use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Ident, Path, Type, Visibility};

use crate::{
    errors::Errors,
    parse::{CollectionOptions, Given, UnknownOption, refuse_options},
};

/// An enum that derives `Collection`.
pub(crate) struct Collection {
    pub(crate) ident: Ident,
    pub(crate) visibility: Visibility,
    pub(crate) facade: Path,
    /// The variants that hold a model each; at least one.
    pub(crate) members: Vec<Member>,
    pub(crate) unknown: Unknown,
}

/// A variant that holds a model.
pub(crate) struct Member {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

/// What becomes of an item that is of none of the models.
pub(crate) enum Unknown {
    Error,
    Skip,
    /// It is kept by this variant.
    Raw(Ident),
}

impl Member {
    /// The model as messages name it.
    pub(crate) fn name(&self) -> String {
        self.ty.to_token_stream().to_string().replace(' ', "")
    }
}

impl Collection {
    /// Reads the enum and reports everything that is wrong with it.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let options = CollectionOptions::parse(&input.attrs, errors);
        let facade = options.crate_path.facade();
        if !input.generics.params.is_empty() {
            errors.at(&input.generics, "a collection has no parameters; name the models that it holds");
        }
        let Data::Enum(data) = &input.data else {
            let ident = &input.ident;
            let why = "it is an enum with a variant for each model";
            errors.at(
                ident,
                format_args!("`{ident}` cannot be a collection: {why}, such as `Line(OrderLine)`"),
            );
            return None;
        };

        let mut members: Vec<Member> = Vec::with_capacity(data.variants.len());
        let mut raw: Option<Ident> = None;
        for variant in &data.variants {
            let is_raw = CollectionOptions::is_raw(&variant.attrs, errors);
            let ident = variant.ident.clone();
            let Fields::Unnamed(fields) = &variant.fields else {
                errors.at(&ident, format_args!("`{ident}` holds no model; write `{ident}(…)` with one"));
                continue;
            };
            let field = match (fields.unnamed.len(), fields.unnamed.first()) {
                (1, Some(field)) => field,
                (0, _) | (_, None) => {
                    errors.at(&ident, format_args!("`{ident}` holds no model; write `{ident}(…)` with one"));
                    continue;
                }
                _ => {
                    let message = format!("`{ident}` holds more than one model; make a variant of each");
                    errors.at(&ident, message);
                    continue;
                }
            };
            refuse_options(&field.attrs, "options stand before the variant", errors);
            if !is_raw {
                let member = Member { ident, ty: field.ty.clone() };
                if let Some(other) = members.iter().find(|other| other.name() == member.name()) {
                    let (name, other) = (member.name(), &other.ident);
                    errors.at(&member.ty, format_args!("`{name}` stands in the variant `{other}` already"));
                }
                members.push(member);
            } else if let Some(first) = &raw {
                errors.at(&ident, format_args!("`{first}` takes the unknown items already"));
            } else {
                raw = Some(ident);
            }
        }
        if members.is_empty() {
            errors.at(&input.ident, "a collection holds at least one model, such as `Line(OrderLine)`");
            return None;
        }

        Some(Self {
            ident: input.ident.clone(),
            visibility: input.vis.clone(),
            facade,
            members,
            unknown: unknown(options.unknown, raw, errors),
        })
    }
}

fn unknown(
    option: Given<(UnknownOption, proc_macro2::Span)>,
    raw: Option<Ident>,
    errors: &mut Errors,
) -> Unknown {
    match (option.right(), raw) {
        (None, None) | (Some((UnknownOption::Error, _)), None) => Unknown::Error,
        (Some((UnknownOption::Skip, _)), None) => Unknown::Skip,
        (None, Some(raw)) => Unknown::Raw(raw),
        (Some((_, place)), Some(raw)) => {
            let message =
                format!("the variant `{raw}` takes the unknown items; remove `unknown` or the variant");
            errors.push(syn::Error::new(place, message));
            Unknown::Raw(raw)
        }
    }
}
