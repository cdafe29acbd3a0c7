//! `TransactWriteItems`: up to 100 writes and checks, all or none.

use super::{Answer, envelope};
use crate::codec::{DecodeError, Writer};

/// How a `ClientRequestToken` begins that the library makes up itself, for one call.
///
/// An engine in the process, where no answer is lost, need not keep such a token. A caller's own never begins so.
pub const OWN_TOKEN_PREFIX: &str = "dynamorm-";

/// What an action does, by the name of its member in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Checks a condition, and writes nothing.
    ConditionCheck,
    /// Removes an item.
    Delete,
    /// Writes a whole item.
    Put,
    /// Changes attributes of an item.
    Update,
}

impl Action {
    fn opening(self) -> &'static str {
        match self {
            Self::ConditionCheck => "{\"ConditionCheck\":",
            Self::Delete => "{\"Delete\":",
            Self::Put => "{\"Put\":",
            Self::Update => "{\"Update\":",
        }
    }
}

/// The request of `actions`, each with its JSON as its operation's `action` gives it.
pub fn request<'a>(actions: impl Iterator<Item = (Action, &'a [u8])>, token: &str) -> Vec<u8> {
    let mut writer = Writer::with_capacity(4096);
    writer.raw("{\"TransactItems\":[");
    for (position, (action, json)) in actions.enumerate() {
        writer.raw(if position == 0 { "" } else { "," });
        writer.raw(action.opening());
        writer.raw_bytes(json);
        writer.raw("}");
    }
    writer.raw("]");
    envelope::text_member(&mut writer, "ClientRequestToken", token);
    envelope::end(writer, None)
}

/// What it consumed; there is nothing else to say.
///
/// # Errors
/// When the response is not DynamoDB's.
pub fn response(body: &[u8]) -> Result<Answer<()>, DecodeError> {
    envelope::read(body, |reader, _| reader.skip())
}

#[cfg(test)]
mod tests {
    use super::{Action, request};

    #[test]
    fn puts_each_action_into_the_member_of_its_kind() {
        let actions: [(Action, &[u8]); 2] = [(Action::Put, b"{\"a\":1}"), (Action::ConditionCheck, b"{}")];

        let body = String::from_utf8(request(actions.into_iter(), "t-1")).unwrap();

        assert_eq!(
            body,
            r#"{"TransactItems":[{"Put":{"a":1}},{"ConditionCheck":{}}],"ClientRequestToken":"t-1","ReturnConsumedCapacity":"TOTAL"}"#
        );
    }
}
