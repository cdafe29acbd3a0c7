use heck::{ToSnakeCase, ToUpperCamelCase};

/// How the names of fields and variants become attribute names: the rules, and their names, are serde's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Case {
    Lower,
    Upper,
    Pascal,
    Camel,
    Snake,
    ScreamingSnake,
    Kebab,
    ScreamingKebab,
}

impl Case {
    /// Every rule by the name it bears in `rename_all`.
    const NAMED: [(&'static str, Self); 8] = [
        ("snake_case", Self::Snake),
        ("camelCase", Self::Camel),
        ("PascalCase", Self::Pascal),
        ("SCREAMING_SNAKE_CASE", Self::ScreamingSnake),
        ("kebab-case", Self::Kebab),
        ("SCREAMING-KEBAB-CASE", Self::ScreamingKebab),
        ("lowercase", Self::Lower),
        ("UPPERCASE", Self::Upper),
    ];

    pub(crate) fn names() -> [&'static str; Self::NAMED.len()] {
        Self::NAMED.map(|(name, _)| name)
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMED.iter().find(|(known, _)| *known == name).map(|(_, case)| *case)
    }

    /// The name of a field, which Rust writes in snake case.
    pub(crate) fn of_field(self, field: &str) -> String {
        match self {
            Self::Lower | Self::Snake => field.to_owned(),
            Self::Upper | Self::ScreamingSnake => field.to_ascii_uppercase(),
            Self::Pascal => field.split('_').map(capitalized).collect(),
            Self::Camel => uncapitalized(&Self::Pascal.of_field(field)),
            Self::Kebab => field.replace('_', "-"),
            Self::ScreamingKebab => field.to_ascii_uppercase().replace('_', "-"),
        }
    }

    /// The name of a variant, which Rust writes in Pascal case.
    pub(crate) fn of_variant(self, variant: &str) -> String {
        match self {
            Self::Pascal => variant.to_owned(),
            Self::Lower => variant.to_ascii_lowercase(),
            Self::Upper => variant.to_ascii_uppercase(),
            Self::Camel => uncapitalized(variant),
            Self::Snake | Self::ScreamingSnake | Self::Kebab | Self::ScreamingKebab => {
                self.of_field(&separated(variant))
            }
        }
    }
}

/// The name of the function that queries an index: `by_user` for `user-index`.
pub(crate) fn method_of_index(index: &str) -> String {
    let name = index.to_snake_case();
    let name = name.strip_suffix("_index").unwrap_or(&name);
    format!("by_{name}")
}

/// The name of the type that stands for an index: `UserIndex` for `user-index`.
pub(crate) fn type_of_index(index: &str) -> String {
    let name = index.to_upper_camel_case();
    let is_identifier = name.starts_with(|first: char| first.is_alphabetic()) && name != "Self";
    if is_identifier { name } else { format!("Index{name}") }
}

/// The name of the module that holds a model's types: `order_schema` for `Order`.
pub(crate) fn module_of_model(model: &str) -> String {
    format!("{}_schema", model.to_snake_case())
}

/// A name as a part of a type's name: `ByUser` for `by_user`.
pub(crate) fn in_type(name: &str) -> String {
    name.to_upper_camel_case()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn uncapitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `OnHold` as `on_hold`: an underscore before every capital but the first, as serde does it.
fn separated(variant: &str) -> String {
    let mut snake = String::with_capacity(variant.len() + 4);
    for (position, letter) in variant.char_indices() {
        if position > 0 && letter.is_uppercase() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_fields_as_serde_does() {
        let renamed = Case::names().map(|name| Case::named(name).unwrap().of_field("order_line_2"));

        assert_eq!(
            renamed,
            [
                "order_line_2",
                "orderLine2",
                "OrderLine2",
                "ORDER_LINE_2",
                "order-line-2",
                "ORDER-LINE-2",
                "order_line_2",
                "ORDER_LINE_2",
            ]
        );
    }

    #[test]
    fn renames_variants_as_serde_does() {
        let renamed = Case::names().map(|name| Case::named(name).unwrap().of_variant("OnHoldBy3P"));

        assert_eq!(
            renamed,
            [
                "on_hold_by3_p",
                "onHoldBy3P",
                "OnHoldBy3P",
                "ON_HOLD_BY3_P",
                "on-hold-by3-p",
                "ON-HOLD-BY3-P",
                "onholdby3p",
                "ONHOLDBY3P",
            ]
        );
    }

    #[test]
    fn names_the_method_of_an_index() {
        assert_eq!(method_of_index("user-index"), "by_user");
        assert_eq!(method_of_index("TenantRegionIndex"), "by_tenant_region");
        assert_eq!(method_of_index("GSI1"), "by_gsi1");
        assert_eq!(method_of_index("status.created_at"), "by_status_created_at");
    }
    #[test]
    fn names_the_type_of_an_index() {
        assert_eq!(type_of_index("user-index"), "UserIndex");
        assert_eq!(type_of_index("2nd.index"), "Index2ndIndex");
        assert_eq!(type_of_index("self"), "IndexSelf");
        assert_eq!(type_of_index("---"), "Index");
    }
}
