use dynamorm::transport::{Operation, Request};
use serde_json::{Value, json};

/// The name of the table of requests.
pub(crate) const REQUESTS: &str = "streamer_requests";

/// A write of a request's item, as far as the simulation reads it.
#[derive(Debug)]
pub(crate) struct Write {
    /// The primary key of the item.
    pub(crate) key: Value,
    /// The lease by which it is written: the one that the condition asks for.
    pub(crate) holder: Option<String>,
    /// The lease that it takes: a new one, which the condition does not ask for.
    pub(crate) claim: Option<String>,
    /// Whether it extends a lease.
    pub(crate) is_heartbeat: bool,
}

impl Write {
    /// Reads a request; none if it writes no request's item.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        let is_write =
            matches!(request.operation, Operation::PutItem | Operation::UpdateItem | Operation::DeleteItem);
        if !is_write || &*request.table != REQUESTS {
            return None;
        }
        let body: Value = serde_json::from_slice(&request.body).ok()?;
        let key = match request.operation {
            Operation::PutItem => json!({ "pk": body["Item"]["pk"], "sk": body["Item"]["sk"] }),
            _ => body["Key"].clone(),
        };
        let lease = placeholder(&body, "lease_id");
        let named = |expression: &str| {
            let (_, rest) = body[expression].as_str()?.split_once(&format!("{} = ", lease.as_ref()?))?;
            let value = rest.split([' ', ')', ',']).next()?;
            body["ExpressionAttributeValues"][value]["S"].as_str().map(str::to_owned)
        };
        let holder = named("ConditionExpression");
        let claim = named("UpdateExpression").filter(|_| holder.is_none());
        let has = |name| placeholder(&body, name).is_some();
        let is_heartbeat = holder.is_some() && has("lease_until") && has("visible_at") && !has("tries");
        Some(Self { key, holder, claim, is_heartbeat })
    }

    /// The name of the request: its partition key.
    pub(crate) fn name(&self) -> &str {
        self.key["pk"]["S"].as_str().unwrap_or_default()
    }
}

fn placeholder(body: &Value, name: &str) -> Option<String> {
    let names = body["ExpressionAttributeNames"].as_object()?;
    names.iter().find(|(_, named)| *named == name).map(|(placeholder, _)| placeholder.clone())
}
