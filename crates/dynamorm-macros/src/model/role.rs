use super::{
    field::Field,
    key::{Key, Template},
};
use crate::{errors::Errors, parse::Role};

/// Checks what the fields with a role, and the fields of the primary key, may not be.
pub(super) fn check(fields: &[Field], templates: &[Template], key: Option<&Key>, errors: &mut Errors) {
    check_given_once(fields, errors);
    check_templates(fields, templates, errors);
    if let Some(key) = key {
        check_primary_key(fields, templates, key, errors);
    }
}

fn check_given_once(fields: &[Field], errors: &mut Errors) {
    for role in Role::ALL {
        let mut with_role = fields.iter().filter(|field| field.role == Some(role));
        let Some(first) = with_role.next() else { continue };
        for other in with_role {
            errors.at(
                &other.ident,
                format_args!(
                    "`{}` is a second `{role}` field after `{}`; a model has at most one",
                    other.name, first.name
                ),
            );
        }
    }
}

fn check_primary_key(fields: &[Field], templates: &[Template], key: &Key, errors: &mut Errors) {
    for field in key.fields(templates) {
        let field = &fields[field.0];
        if let Some(role) = field.role {
            errors.at(
                &field.ident,
                format_args!(
                    "`{}` is in the primary key, which is known before an item is written; \
                     a `{role}` field is set by the write: use another field",
                    field.name
                ),
            );
        }
        if field.skip_if_empty || field.fallback.is_some() {
            errors.at(
                &field.ident,
                format_args!(
                    "`{}` is in the primary key, so it is never missing; remove `{}`",
                    field.name,
                    if field.skip_if_empty { "skip_if_empty" } else { "default" }
                ),
            );
        }
    }
}

/// What every write changes cannot stand in a text that is stored, for an update would have to know the other parts;
/// and a `ttl` is stored as epoch seconds, which no text shows.
fn check_templates(fields: &[Field], templates: &[Template], errors: &mut Errors) {
    for template in templates.iter().filter(|template| !template.is_primary) {
        for field in template.fields() {
            let field = &fields[field.0];
            let why = match field.role {
                Some(Role::UpdatedAt | Role::Version) => {
                    "changes by every write, so the template would be stale"
                }
                Some(Role::Ttl) => "is stored as epoch seconds, not as text",
                Some(Role::CreatedAt) | None => continue,
            };
            errors.at(
                &template.literal,
                format_args!("`{{{0}}}` {why}; make it a key by itself: `sort = {0}`", field.name),
            );
        }
    }
}
