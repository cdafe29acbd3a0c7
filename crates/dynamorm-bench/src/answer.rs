//! DynamoDB's answers, byte by byte as it writes them: without white space.

use std::fmt::Write as _;

use crate::sample;

/// To a write that asks for nothing back.
pub const WRITTEN: &str = "{}";

/// To a read of one item.
pub fn item() -> String {
    let mut json = String::from("{\"Item\":");
    write_item(&mut json, 1);
    json.push('}');
    json
}

/// To a query: a page of [`sample::PAGE_ITEMS`] items, the last of its partition.
pub fn page() -> String {
    let mut json = format!("{{\"Count\":{},\"Items\":", sample::PAGE_ITEMS);
    write_items(&mut json);
    let _ = write!(json, ",\"ScannedCount\":{}}}", sample::PAGE_ITEMS);
    json
}

/// To a read of many keys, all of them found.
pub fn batch() -> String {
    let mut json = format!("{{\"Responses\":{{\"{}\":", sample::TABLE);
    write_items(&mut json);
    json.push_str("},\"UnprocessedKeys\":{}}");
    json
}

fn write_items(json: &mut String) {
    json.push('[');
    for index in 0..sample::PAGE_ITEMS {
        if index > 0 {
            json.push(',');
        }
        write_item(json, index);
    }
    json.push(']');
}

/// No value of the sample needs an escape.
fn write_item(json: &mut String, index: usize) {
    json.push('{');
    let strings = [
        ("pk", sample::partition_key(index)),
        ("sk", sample::sort_key(index)),
        ("connection_id", sample::connection_id(index)),
        ("domain_name", sample::DOMAIN_NAME.to_owned()),
        ("stage", sample::STAGE.to_owned()),
        ("user_id", sample::user_id(index)),
        ("tenant_id", sample::TENANT_ID.to_owned()),
        ("source_ip", sample::source_ip(index)),
        ("user_agent", sample::USER_AGENT.to_owned()),
        ("connected_at", sample::CONNECTED_AT.to_owned()),
    ];
    for (name, value) in strings {
        let _ = write!(json, "\"{name}\":{{\"S\":\"{value}\"}},");
    }
    json.push_str("\"attributes\":{\"M\":{");
    for (position, (name, value)) in sample::ATTRIBUTES.iter().enumerate() {
        let comma = if position > 0 { "," } else { "" };
        let _ = write!(json, "{comma}\"{name}\":{{\"S\":\"{value}\"}}");
    }
    let _ = write!(json, "}}}},\"ttl\":{{\"N\":\"{}\"}}}}", sample::ttl(index));
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn read(json: &str) -> Value {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn item_has_the_size_that_the_figures_are_told_for() {
        let json = item();

        assert_eq!(json.len(), 472);
        assert_eq!(read(&json)["Item"].as_object().unwrap().len(), 12);
    }

    #[test]
    fn page_and_batch_hold_a_hundred_items() {
        assert_eq!(read(&page())["Items"].as_array().unwrap().len(), 100);
        assert_eq!(read(&batch())["Responses"][sample::TABLE].as_array().unwrap().len(), 100);
    }
}
