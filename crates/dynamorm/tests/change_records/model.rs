use dynamorm::{StreamRecord, prelude::*};

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}", sort = "HEAD"),
    stream = "new_and_old_images"
)]
pub(crate) struct Head {
    pub(crate) order_id: String,
    pub(crate) customer: String,
    pub(crate) total: u64,
    pub(crate) seal: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "orders",
    key(partition = "ORDER#{order_id}", sort = "LINE#{line}"),
    stream = "new_and_old_images"
)]
pub(crate) struct Line {
    pub(crate) order_id: String,
    pub(crate) line: u32,
    pub(crate) article: String,
    #[dynamorm(ttl)]
    pub(crate) until: Option<Timestamp>,
}

#[derive(Clone, Debug, PartialEq, Collection)]
pub(crate) enum Order {
    Head(Head),
    Line(Line),
}

#[derive(Clone, Debug, PartialEq, Collection)]
#[dynamorm(unknown = skip)]
pub(crate) enum Lenient {
    Head(Head),
    Line(Line),
}

pub(crate) fn head(order_id: &str, customer: &str, total: u64, seal: &[u8]) -> Head {
    Head { order_id: order_id.into(), customer: customer.into(), total, seal: seal.into() }
}

pub(crate) fn line(article: &str) -> Line {
    Line { order_id: "o-1".into(), line: 5, article: article.into(), until: None }
}

/// An event as Lambda's documentation shows it: an insert, a modification, a removal by TTL.
pub(crate) const LAMBDA_EVENT: &str = include_str!("fixtures/lambda_event.json");

/// An answer to `GetRecords` as its documentation shows it: an insert, a removal by TTL, an insert of another model.
pub(crate) const GET_RECORDS: &str = include_str!("fixtures/get_records.json");

pub(crate) fn records(json: &str) -> Vec<StreamRecord> {
    StreamRecord::all_from_json(json.as_bytes()).unwrap()
}
