use syn::{Ident, LitStr};

use super::{
    field::FieldId,
    key::{Key, KeySource, Side, Templates},
    name::check_name,
};
use crate::{
    case::{method_of_index, type_of_index},
    errors::Errors,
    parse::{Given, IndexOptions, ProjectionOption, Role},
};

/// The type that stands for the table itself, beside those of the indexes.
pub(crate) const PRIMARY: &str = "Primary";

/// Functions that every model has.
const OWN_FUNCTIONS: [&str; 3] = ["key", "fields", "table"];

/// DynamoDB's limit on the attributes that one index projects by name.
const MAX_PROJECTED: usize = 20;

/// A secondary index.
pub(crate) struct Index {
    pub(crate) name: LitStr,
    /// The type that stands for the index.
    pub(crate) ident: Ident,
    pub(crate) partition: KeySource,
    pub(crate) sort: Option<KeySource>,
    /// The function that queries one partition of the index.
    pub(crate) method: Ident,
    pub(crate) projection: IndexProjection,
}

/// The attributes that an index holds besides its own key and the primary key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum IndexProjection {
    All,
    Keys,
    Fields(Vec<FieldId>),
}

/// The indexes that the user describes; `None` when one of them is wrong.
pub(super) fn read(
    options: Vec<IndexOptions>,
    key: Option<&Key>,
    templates: &mut Templates<'_>,
    errors: &mut Errors,
) -> Option<Vec<Index>> {
    let indexes: Vec<_> =
        options.into_iter().map(|options| read_one(options, key, templates, errors)).collect();

    check_names(indexes.iter().flatten(), errors);
    check_methods(indexes.iter().flatten(), key, errors);
    indexes.into_iter().collect()
}

fn read_one(
    options: IndexOptions,
    key: Option<&Key>,
    templates: &mut Templates<'_>,
    errors: &mut Errors,
) -> Option<Index> {
    let IndexOptions { place, name, partition, sort, method, projection } = options;
    let name = name.or_missing(|| {
        errors.at(&place, "missing index name; write `index(name = \"user-index\", …)`");
    });
    let name = name.filter(|name| check_name("index", name, errors));
    let partition = partition.or_missing(|| {
        errors.at(&place, "missing partition key of this index; write `index(partition = field, …)`");
    });

    // Everything is resolved before anything is given up, so that all mistakes are reported.
    let partition = partition.and_then(|side| templates.side(side, Side::Partition, None, errors));
    let is_sorted = !matches!(sort, Given::Missing);
    let sort = sort.right().and_then(|side| templates.side(side, Side::Sort, None, errors));
    let projection = match projection {
        Given::Right(projection) => read_projection(projection, templates, errors),
        Given::Missing => Some(IndexProjection::All),
        Given::Wrong => None,
    };
    if is_sorted && sort.is_none() {
        return None;
    }

    let (name, partition) = (name?, partition?);
    if sort == Some(partition) {
        errors.at(&place, "the partition key and the sort key of this index are the same; leave out `sort`");
        return None;
    }
    let method = method.right().unwrap_or_else(|| Ident::new(&method_of_index(&name.value()), name.span()));
    let keys: Vec<_> = [Some(partition), sort, key.map(|key| key.partition), key.and_then(|key| key.sort)]
        .into_iter()
        .flatten()
        .collect();
    let projection = with_ttl(projection?, templates).without_keys(&keys);
    let ident = Ident::new(&type_of_index(&name.value()), name.span());
    Some(Index { name, ident, partition, sort, method, projection })
}

fn read_projection(
    option: ProjectionOption,
    templates: &Templates<'_>,
    errors: &mut Errors,
) -> Option<IndexProjection> {
    let (bracket, names) = match option {
        ProjectionOption::All => return Some(IndexProjection::All),
        ProjectionOption::Keys => return Some(IndexProjection::Keys),
        ProjectionOption::Fields(bracket, names) => (bracket, names),
    };
    if names.len() > MAX_PROJECTED {
        errors.push(syn::Error::new(
            bracket.span.join(),
            format_args!(
                "`projection` lists {} fields; the limit is {MAX_PROJECTED}; use `projection = all`",
                names.len()
            ),
        ));
    }
    let mut fields = Vec::with_capacity(names.len());
    for name in &names {
        let field = templates.field(name, errors);
        if field.is_some() && fields.contains(&field) {
            errors.at(name, format_args!("`{name}` is listed twice; remove one"));
        }
        fields.push(field);
    }
    fields.into_iter().collect::<Option<_>>().map(IndexProjection::Fields)
}

/// An expired item counts as absent in every read, so every index must tell when its items expire.
fn with_ttl(projection: IndexProjection, templates: &Templates<'_>) -> IndexProjection {
    let Some(ttl) = templates.fields().iter().find(|field| field.role == Some(Role::Ttl)) else {
        return projection;
    };
    match projection {
        IndexProjection::All => IndexProjection::All,
        IndexProjection::Keys => IndexProjection::Fields(vec![ttl.id]),
        IndexProjection::Fields(mut fields) => {
            if !fields.contains(&ttl.id) {
                fields.push(ttl.id);
            }
            IndexProjection::Fields(fields)
        }
    }
}

impl IndexProjection {
    /// DynamoDB projects the keys by itself and refuses them in the list.
    fn without_keys(self, keys: &[KeySource]) -> Self {
        match self {
            Self::Fields(mut fields) => {
                fields.retain(|field| !keys.contains(&KeySource::Field(*field)));
                if fields.is_empty() { Self::Keys } else { Self::Fields(fields) }
            }
            Self::All | Self::Keys => self,
        }
    }
}

fn check_names<'a>(indexes: impl Iterator<Item = &'a Index>, errors: &mut Errors) {
    let mut earlier: Vec<&Index> = Vec::new();
    for index in indexes {
        let (name, ident) = (index.name.value(), &index.ident);
        if earlier.iter().any(|other| other.name.value() == name) {
            errors.at(&index.name, format_args!("two indexes are called `{name}`; rename one"));
        } else if ident == PRIMARY || earlier.iter().any(|other| other.ident == *ident) {
            errors.at(&index.name, format_args!("a second index becomes the type `{ident}`; rename one"));
        }
        earlier.push(index);
    }
}

fn check_methods<'a>(indexes: impl Iterator<Item = &'a Index>, key: Option<&Key>, errors: &mut Errors) {
    let mut taken: Vec<String> = OWN_FUNCTIONS.map(str::to_owned).into();
    let methods = key.map(|key| &key.method).into_iter().chain(indexes.map(|index| &index.method));
    for method in methods {
        let name = method.to_string();
        if taken.contains(&name) {
            errors.at(
                method,
                format_args!("the model already has a function `{name}`; name this one by `method = …`"),
            );
        }
        taken.push(name);
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;
    use crate::model::Model;

    fn index(model: &syn::DeriveInput) -> Index {
        let mut errors = Errors::default();
        let model = Model::read(model, &mut errors);
        assert_eq!(errors.messages(), [] as [String; 0]);
        model.unwrap().indexes.remove(0)
    }

    mod projection {
        use super::*;

        #[test]
        fn is_all_by_itself() {
            let index = index(&parse_quote! {
                #[dynamorm(table = "orders", key(partition = id), index(name = "owner-index", partition = owner))]
                struct Order { id: String, owner: String }
            });

            assert_eq!(index.projection, IndexProjection::All);
        }

        #[test]
        fn takes_the_ttl_along() {
            let index = index(&parse_quote! {
                #[dynamorm(
                    table = "orders",
                    key(partition = id),
                    index(name = "owner-index", partition = owner, projection = keys),
                )]
                struct Order { id: String, owner: String, #[dynamorm(ttl)] ttl: Option<Timestamp> }
            });

            assert_eq!(index.projection, IndexProjection::Fields(vec![FieldId(2)]));
        }

        #[test]
        fn leaves_out_what_is_projected_anyway() {
            let index = index(&parse_quote! {
                #[dynamorm(
                    table = "orders",
                    key(partition = id),
                    index(name = "owner-index", partition = owner, projection = [id, owner]),
                )]
                struct Order { id: String, owner: String }
            });

            assert_eq!(index.projection, IndexProjection::Keys);
        }
    }

    mod template {
        use super::*;

        #[test]
        fn is_shared_by_indexes_that_write_the_same() {
            let input = parse_quote! {
                #[dynamorm(
                    table = "orders",
                    key(partition = id),
                    index(name = "by-name", partition("T#{tenant}", attribute = "tenant_pk"), sort = name),
                    index(name = "by-owner", partition("T#{tenant}", attribute = "tenant_pk"), sort = owner),
                )]
                struct Order { id: String, tenant: String, name: String, owner: String }
            };

            let model = Model::read(&input, &mut Errors::default()).unwrap();

            assert_eq!(model.templates.len(), 1);
            assert_eq!(model.indexes[0].partition, model.indexes[1].partition);
        }
    }
}
