use serde_json::Value;

/// A mistake that the simulation must find: made on the way of a request, so that the store itself is as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// No update asks for its condition.
    DroppedCondition,
    /// A holder's writes ask whether the request is held, and not by whom.
    MissingFence,
    /// All leases have one name.
    ReusedLease,
    /// A condition that failed on its own success comes back without the item that tells so, and is taken for a failure.
    LostAnswerTakenForFailure,
    /// A worker gives no sign of life.
    NoHeartbeat,
    /// A worker does not know when its lease ends.
    EndlessLease,
    /// A worker takes a refused sign of life for a good one.
    DeafHolder,
    /// A worker that stops in good order counts what it gives back as a failure.
    StopTakenForFailure,
    /// A dequeue never begins with the lowest priority.
    LowNeverFirst,
    /// The engine has forgotten a write when it comes back.
    ForgetfulEngine,
}

impl Bug {
    pub(crate) const ALL: [Self; 10] = [
        Self::DroppedCondition,
        Self::MissingFence,
        Self::ReusedLease,
        Self::LostAnswerTakenForFailure,
        Self::NoHeartbeat,
        Self::EndlessLease,
        Self::DeafHolder,
        Self::StopTakenForFailure,
        Self::LowNeverFirst,
        Self::ForgetfulEngine,
    ];

    /// What becomes of the body of an update.
    pub(crate) fn change(self, body: &[u8]) -> Vec<u8> {
        let mut request: Value = serde_json::from_slice(body).unwrap();
        let condition = request["ConditionExpression"].as_str().unwrap_or_default().to_owned();
        let lease = request["ExpressionAttributeNames"]
            .as_object()
            .and_then(|names| names.iter().find(|(_, name)| *name == "lease_id"))
            .map(|(placeholder, _)| placeholder.clone());
        match (self, lease) {
            (Self::DroppedCondition, _) if !condition.is_empty() => {
                request["ConditionExpression"] = format!("({condition}) OR NOT ({condition})").into();
            }
            (Self::MissingFence, Some(lease)) => {
                request["ConditionExpression"] = without_fence(&condition, &lease).into();
            }
            (Self::ReusedLease, Some(_)) => {
                let values = request["ExpressionAttributeValues"].as_object_mut().unwrap();
                for value in values.values_mut() {
                    // A lease's name is 32 hexadecimal digits; nothing else is.
                    if value["S"].as_str().is_some_and(|text| text.len() == 32) {
                        value["S"] = "0".repeat(32).into();
                    }
                }
            }
            (Self::StopTakenForFailure, Some(lease)) if condition.contains(&format!("{lease} = ")) => {
                let values = request["ExpressionAttributeValues"].as_object_mut().unwrap();
                for value in values.values_mut().filter(|value| value["S"] == "PENDING") {
                    value["S"] = "RETRYING".into();
                }
            }
            _ => {}
        }
        serde_json::to_vec(&request).unwrap()
    }
}

/// The condition where a lease may be any: `#n = :v` becomes `(#n = :v OR attribute_exists(#n))`.
fn without_fence(condition: &str, lease: &str) -> String {
    let Some(start) = condition.find(&format!("{lease} = ")) else { return condition.to_owned() };
    let rest = &condition[start..];
    let end = rest.find(|c: char| c == ')' || c == ' ' && rest.starts_with(')')).unwrap_or(rest.len());
    let end = rest.find(" AND").unwrap_or(end).min(end);
    let (comparison, after) = rest.split_at(end);
    format!("{}({comparison} OR attribute_exists({lease})){after}", &condition[..start])
}
