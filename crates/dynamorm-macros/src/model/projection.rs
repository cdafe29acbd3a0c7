use syn::{Data, DeriveInput, Fields, Ident, Path, Type};

use crate::{
    errors::Errors,
    parse::{ProjectionOptions, refuse_options},
};

/// A struct that derives `Projection`.
pub(crate) struct Projection {
    pub(crate) ident: Ident,
    pub(crate) facade: Path,
    /// The model, as the struct names it.
    pub(crate) model: Path,
    /// At least one.
    pub(crate) fields: Vec<ProjectedField>,
}

/// A field of the model that is read.
pub(crate) struct ProjectedField {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
}

impl Projection {
    /// Reads the struct and reports everything that is wrong with it.
    pub(crate) fn read(input: &DeriveInput, errors: &mut Errors) -> Option<Self> {
        let options = ProjectionOptions::parse(&input.attrs, errors);
        let facade = options.crate_path.facade();
        let ident = &input.ident;
        let model = options.model.or_missing(|| {
            errors.at(ident, "missing model; add `#[dynamorm(model = Order)]` with the model's name");
        });
        if !input.generics.params.is_empty() {
            let message = "a projection has no parameters; name the model's, as in `#[dynamorm(model = Order<String>)]`";
            errors.at(&input.generics, message);
        }
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) if !fields.named.is_empty() => fields,
                Fields::Named(_) | Fields::Unnamed(_) | Fields::Unit => {
                    let why = "it has no named fields; add those of the model that are read";
                    return refuse(ident, why, errors);
                }
            },
            Data::Enum(_) | Data::Union(_) => {
                return refuse(ident, "it is a struct that has some of the model's fields", errors);
            }
        };
        let fields = fields
            .named
            .iter()
            .filter_map(|field| {
                refuse_options(&field.attrs, "a field is read as its model says", errors);
                Some(ProjectedField { ident: field.ident.clone()?, ty: field.ty.clone() })
            })
            .collect();
        Some(Self { ident: ident.clone(), facade, model: model?, fields })
    }
}

fn refuse<T>(ident: &Ident, why: &str, errors: &mut Errors) -> Option<T> {
    errors.at(ident, format_args!("`{ident}` cannot be a projection: {why}"));
    None
}
