use dynamorm_core::{
    transport::{Operation, Request},
    wire::transact_write_items::OWN_TOKEN_PREFIX,
};
use serde_json::{Map, Value};

/// What stands for [`OWN_TOKEN_PREFIX`] in a token that is kept: as long.
const KEPT_PREFIX: &str = "sent-twi-";

/// The request with a token that every engine keeps. The embedded one drops those that the library makes up, since no
/// answer is lost in its process; here one is.
pub(super) fn kept(request: Request) -> Request {
    if request.operation != Operation::TransactWriteItems {
        return request;
    }
    let Ok(mut body) = serde_json::from_slice::<Map<String, Value>>(&request.body) else { return request };
    let token = body.get("ClientRequestToken").and_then(Value::as_str);
    let Some(rest) = token.and_then(|token| token.strip_prefix(OWN_TOKEN_PREFIX)) else { return request };
    body.insert("ClientRequestToken".to_owned(), format!("{KEPT_PREFIX}{rest}").into());
    Request { body: Value::Object(body).to_string().into(), ..request }
}
