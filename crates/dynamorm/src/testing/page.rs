use dynamorm_core::transport::Request;
use serde_json::{Map, Value};

/// The same query or scan, which reads no more than `items` items.
pub(super) fn limited(request: Request, items: u32) -> Request {
    let Ok(mut json) = serde_json::from_slice::<Map<String, Value>>(&request.body) else { return request };
    let items = u64::from(items.max(1));
    let limit = json.get("Limit").and_then(Value::as_u64).map_or(items, |limit| limit.min(items));
    json.insert("Limit".to_owned(), limit.into());
    Request { body: Value::Object(json).to_string().into(), ..request }
}
