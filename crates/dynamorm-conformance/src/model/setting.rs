use dynamorm::prelude::*;

/// The smallest model: a primary key of one field and one attribute.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "settings", key(partition = name))]
pub(crate) struct Setting {
    pub(crate) name: String,
    pub(crate) value: String,
}

impl Setting {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}
