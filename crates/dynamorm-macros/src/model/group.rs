use super::{
    field::{Field, FieldId},
    key::{Key, Template, TemplateId},
};

/// Fields that share templates of indexes: to set one, all must be known, so they are set together.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) fields: Vec<FieldId>,
    /// The templates that are written anew when the group is set.
    pub(crate) templates: Vec<TemplateId>,
}

/// The groups of a model: the fields of one template belong together, and so do templates that share a field. Fields
/// of the primary key link nothing, for every update knows them. A group of one field is a field that can be set
/// alone, its templates with it.
pub(super) fn of(fields: &[Field], templates: &[Template], key: &Key) -> Vec<Group> {
    let primary = key.fields(templates);
    let mut groups: Vec<Group> = Vec::new();

    for template in templates.iter().filter(|template| !template.is_primary) {
        let mut members = template.fields();
        members.retain(|field| !primary.contains(field));
        if members.is_empty() {
            continue;
        }

        let mut joined = Group { fields: members, templates: vec![template.id] };
        for group in groups.extract_if(.., |group| group.shares_a_field_with(&joined)).collect::<Vec<_>>() {
            joined.fields.extend(group.fields);
            joined.templates.extend(group.templates);
        }
        groups.push(joined);
    }

    for group in &mut groups {
        group.fields.sort();
        group.fields.dedup();
        group.templates.sort_by_key(|template| template.0);
    }
    groups.sort_by_key(|group| fields.iter().position(|field| group.fields.contains(&field.id)));
    groups
}

impl Group {
    fn shares_a_field_with(&self, other: &Self) -> bool {
        self.fields.iter().any(|field| other.fields.contains(field))
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;
    use crate::{errors::Errors, model::Model};

    /// The groups' field names, of the indexes of an order.
    fn groups(indexes: proc_macro2::TokenStream) -> Vec<Vec<String>> {
        let mut errors = Errors::default();
        let model = Model::read(
            &parse_quote! {
                #[dynamorm(table = "orders", key(partition = "ORDER#{order_id}"), #indexes)]
                struct Order { order_id: String, tenant_id: String, region: String, status: String, owner: String }
            },
            &mut errors,
        );
        assert_eq!(errors.messages(), [] as [String; 0]);

        let model = model.unwrap();
        let name = |field: &FieldId| model.fields[field.0].name.clone();
        model.groups.iter().map(|group| group.fields.iter().map(name).collect()).collect()
    }

    #[test]
    fn joins_the_fields_of_one_template() {
        let groups = groups(quote::quote! {
            index(name = "region-index", partition("T#{tenant_id}#R#{region}", attribute = "region_pk")),
        });

        assert_eq!(groups, [["tenant_id", "region"]]);
    }

    #[test]
    fn joins_templates_that_share_a_field() {
        let groups = groups(quote::quote! {
            index(name = "status-index", partition("{status}#{owner}", attribute = "a")),
            index(name = "tenant-index", partition("{tenant_id}", attribute = "b")),
            index(name = "region-index", partition("{region}#{status}", attribute = "c")),
        });

        assert_eq!(groups, [vec!["tenant_id"], vec!["region", "status", "owner"]]);
    }

    #[test]
    fn is_not_linked_by_the_primary_key() {
        let groups = groups(quote::quote! {
            index(name = "owner-index", partition = owner, sort("{status}#{order_id}", attribute = "a")),
            index(name = "region-index", partition("{region}#{order_id}", attribute = "b")),
        });

        assert_eq!(groups, [["region"], ["status"]]);
    }

    #[test]
    fn leaves_out_fields_that_are_keys_by_themselves() {
        let groups = groups(quote::quote! { index(name = "owner-index", partition = owner, sort = status) });

        assert_eq!(groups, [] as [Vec<String>; 0]);
    }
}
