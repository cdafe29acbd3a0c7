use dynamorm::prelude::*;

/// Attribute names that are not the fields', among them reserved words and characters of expressions.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "renamed",
    rename_all = "PascalCase",
    key(partition("ID#{item_id}", attribute = "PK"), sort("#{size}", attribute = "SK")),
    index(name = "by-name", partition = name, sort = order),
)]
pub(crate) struct Renamed {
    #[dynamorm(rename = "ID")]
    pub(crate) item_id: String,
    pub(crate) size: u32,
    pub(crate) name: String,
    #[dynamorm(rename = "order")]
    pub(crate) order: u32,
    #[dynamorm(rename = "a.b[0]#:v")]
    pub(crate) odd: String,
    #[dynamorm(rename = "größe \"x\"")]
    pub(crate) quoted: Option<String>,
}

impl Renamed {
    pub(crate) fn new(item_id: &str) -> Self {
        Self { item_id: item_id.into(), size: 1, name: "n".into(), order: 1, odd: "odd".into(), quoted: None }
    }
}
