use dynamorm_core::transport::{Operation, Request, TransportError};
use serde_json::{Value, json};

/// Every error of DynamoDB's has its name behind this.
const NAMESPACE: &str = "com.amazonaws.dynamodb.v20120810#";

/// The refusal of a request as one too many.
pub(super) fn throttled() -> TransportError {
    let message = "The level of configured provisioned throughput for the table was exceeded.";
    answered("ProvisionedThroughputExceededException", json!({ "message": message }))
}

/// The refusal of a request that is not permitted.
pub(super) fn denied() -> TransportError {
    answered("AccessDeniedException", json!({ "message": "not authorized to perform the operation" }))
}

/// The refusal of a request for an item that another transaction holds.
///
/// See <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html#transaction-conflict-handling>.
pub(super) fn conflict(request: &Request) -> TransportError {
    if !matches!(request.operation, Operation::TransactGetItems | Operation::TransactWriteItems) {
        let message = "Transaction is ongoing for the item";
        return answered("TransactionConflictException", json!({ "message": message }));
    }
    let reasons: Vec<Value> = (0..action_count(request))
        .map(|position| match position {
            0 => json!({ "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" }),
            _ => json!({ "Code": "None" }),
        })
        .collect();
    let codes: Vec<&str> = reasons.iter().filter_map(|reason| reason["Code"].as_str()).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    answered("TransactionCanceledException", json!({ "Message": message, "CancellationReasons": reasons }))
}

/// How many actions a transaction has.
fn action_count(request: &Request) -> usize {
    let json: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    json["TransactItems"].as_array().map_or(1, Vec::len)
}

fn answered(name: &str, mut body: Value) -> TransportError {
    body["__type"] = format!("{NAMESPACE}{name}").into();
    TransportError::from_answer(400, body.to_string().into(), 1)
}
