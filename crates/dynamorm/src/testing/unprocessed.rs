use bytes::Bytes;
use dynamorm_core::transport::Operation;
use serde_json::{Map, Value};

/// The answer to a batch of which nothing was done, before what was left is added to it.
pub(super) const NOTHING_DONE: &str = r#"{"Responses":{}}"#;

/// A batch in two parts.
pub(super) struct Split {
    /// The request for the part that the engine is given; `None` if nothing is left of it.
    pub(super) kept: Option<Bytes>,
    /// What is left undone, by its tables, as the answer names it.
    pub(super) left: Map<String, Value>,
}

/// Takes the last `count` keys or writes out of a batch; `None` if it is no batch.
pub(super) fn split(operation: Operation, body: &[u8], count: usize) -> Option<Split> {
    let mut request: Map<String, Value> = serde_json::from_slice(body).ok()?;
    let tables = request.get_mut("RequestItems")?.as_object_mut()?;
    let mut left = Map::new();
    let mut wanted = count;
    for (table, asked) in tables.iter_mut().rev() {
        // A read's settings, such as `ConsistentRead`, come back with its keys.
        let mut undone = asked.clone();
        let kept = entries(operation, asked)?;
        let taken = kept.split_off(kept.len().saturating_sub(wanted));
        wanted -= taken.len();
        if !taken.is_empty() {
            *entries(operation, &mut undone)? = taken;
            left.insert(table.clone(), undone);
        }
    }
    tables.retain(|_, asked| entries(operation, asked).is_some_and(|entries| !entries.is_empty()));
    let is_empty = tables.is_empty();
    let kept = (!is_empty).then(|| Value::Object(request).to_string().into());
    Some(Split { kept, left })
}

/// Adds what was `left` to what an answer says is unprocessed.
pub(super) fn join(operation: Operation, body: &Bytes, left: Map<String, Value>) -> Bytes {
    let Ok(mut answer) = serde_json::from_slice::<Map<String, Value>>(body) else { return body.clone() };
    let member = if operation == Operation::BatchGetItem { "UnprocessedKeys" } else { "UnprocessedItems" };
    let unprocessed = answer.entry(member).or_insert_with(|| Map::new().into());
    let Some(unprocessed) = unprocessed.as_object_mut() else { return body.clone() };
    for (table, mut undone) in left {
        let named = unprocessed.get_mut(&table).and_then(|named| entries(operation, named));
        match (named, entries(operation, &mut undone)) {
            (Some(named), Some(undone)) => named.append(undone),
            _ => drop(unprocessed.insert(table, undone)),
        }
    }
    Value::Object(answer).to_string().into()
}

/// The keys or the writes of one table.
fn entries(operation: Operation, of_table: &mut Value) -> Option<&mut Vec<Value>> {
    match operation {
        Operation::BatchGetItem => of_table.get_mut("Keys")?.as_array_mut(),
        _ => of_table.as_array_mut(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn split_of(operation: Operation, tables: &Value, count: usize) -> (Value, Value) {
        let split =
            split(operation, json!({ "RequestItems": tables }).to_string().as_bytes(), count).unwrap();
        let kept = split.kept.map(|body| serde_json::from_slice::<Value>(&body).unwrap());
        (kept.map_or(Value::Null, |mut request| request["RequestItems"].take()), split.left.into())
    }

    #[test]
    fn takes_the_last_keys_across_tables() {
        let tables = json!({
            "a": { "Keys": [1, 2, 3], "ConsistentRead": true },
            "b": { "Keys": [4] },
        });

        let parts = split_of(Operation::BatchGetItem, &tables, 3);

        let kept = json!({ "a": { "Keys": [1], "ConsistentRead": true } });
        let left = json!({ "a": { "Keys": [2, 3], "ConsistentRead": true }, "b": { "Keys": [4] } });
        assert_eq!(parts, (kept, left));
    }

    #[test]
    fn takes_the_last_writes() {
        let parts = split_of(Operation::BatchWriteItem, &json!({ "a": [1, 2, 3] }), 1);

        assert_eq!(parts, (json!({ "a": [1, 2] }), json!({ "a": [3] })));
    }

    #[test]
    fn takes_all_where_there_are_fewer() {
        let parts = split_of(Operation::BatchWriteItem, &json!({ "a": [1, 2] }), 5);

        assert_eq!(parts, (Value::Null, json!({ "a": [1, 2] })));
    }

    #[test]
    fn joins_what_the_engine_left_undone_itself() {
        let answer = json!({ "UnprocessedKeys": { "a": { "Keys": [1] } } }).to_string().into();
        let left: Map<_, _> = serde_json::from_value(json!({ "a": { "Keys": [2] } })).unwrap();

        let joined = join(Operation::BatchGetItem, &answer, left);

        let joined: Value = serde_json::from_slice(&joined).unwrap();
        assert_eq!(joined, json!({ "UnprocessedKeys": { "a": { "Keys": [1, 2] } } }));
    }
}
