use bytes::Bytes;

use super::stored_item;
use crate::{
    codec::{DecodeError, Reader},
    error::{Error, ErrorKind, without_values},
    limits::MAX_ITEM_BYTES,
};

/// Why an action stopped a transaction.
#[derive(Clone, Debug)]
pub struct Reason {
    /// The engine's name for it, such as `ConditionalCheckFailed`.
    pub code: String,
    /// The engine's words, where it gave any; without values.
    pub message: Option<String>,
    /// The stored item that a condition failed for, where there is one.
    pub item: Option<Bytes>,
}

impl Reason {
    /// The failure that it stands for: that of a condition says nothing yet of what the verb required.
    ///
    /// Codes: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
    pub fn into_error(self) -> Error {
        let words = |fallback: &'static str| self.message.clone().unwrap_or_else(|| fallback.to_owned());
        let (kind, message) = match self.code.as_str() {
            "ConditionalCheckFailed" => {
                (ErrorKind::ConditionFailed, "the condition does not hold for the stored item".to_owned())
            }
            "TransactionConflict" => (ErrorKind::Conflict, words("another write is under way on the item")),
            "ProvisionedThroughputExceeded" | "ThrottlingError" | "RequestLimitExceeded" => {
                (ErrorKind::Throttled, words("the engine asks for fewer requests a second"))
            }
            "ItemCollectionSizeLimitExceeded" => (
                ErrorKind::TooLarge { size: 0, limit: MAX_COLLECTION_BYTES },
                words("the item collection is full"),
            ),
            // As for a single write: DynamoDB has no other name for it.
            "ValidationError" if self.message.as_deref().is_some_and(|text| text.contains("Item size")) => {
                (ErrorKind::TooLarge { size: 0, limit: MAX_ITEM_BYTES }, words("the item is too large"))
            }
            "AccessDenied" => (ErrorKind::Denied, words("access was denied")),
            "ValidationError" => (ErrorKind::Validation, words("the action cannot be carried out")),
            code => (ErrorKind::Validation, format!("the engine's reason is `{code}`")),
        };
        Error::new(kind, message).with_stored(self.item)
    }
}

/// Bytes of an item collection of a table with local secondary indexes:
/// [Item collections](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html#LSI.ItemCollections.SizeLimit).
const MAX_COLLECTION_BYTES: usize = 10 << 30;

/// The reasons in the error of a cancelled transaction, in the order of its actions; `None` for one that was fine.
///
/// # Errors
/// When the error's body is not DynamoDB's.
pub fn cancellation_reasons(error_body: &Bytes) -> Result<Vec<Option<Reason>>, DecodeError> {
    let mut reasons = Vec::new();
    Reader::new(error_body)?.object(|reader, member| match &*member {
        "CancellationReasons" => reader.array(|reader, _| {
            let json = reader.raw()?;
            reasons.push(read_reason(json)?);
            Ok(())
        }),
        _ => reader.skip(),
    })?;
    Ok(reasons)
}

fn read_reason(json: &str) -> Result<Option<Reason>, DecodeError> {
    if json == "null" {
        return Ok(None);
    }
    let (mut code, mut message) = (None, None);
    Reader::from_text(json).object(|reader, member| {
        let slot = match &*member {
            "Code" => &mut code,
            "Message" => &mut message,
            _ => return reader.skip(),
        };
        let value = reader.raw()?;
        if value != "null" {
            *slot = Some(Reader::from_text(value).text()?.into_owned());
        }
        Ok(())
    })?;
    let Some(code) = code.filter(|code| code != "None") else { return Ok(None) };
    // An absent item is answered as `null` by some engines.
    let item = stored_item(&Bytes::copy_from_slice(json.as_bytes())).filter(|item| **item != *b"null");
    Ok(Some(Reason { code, message: message.map(without_values), item }))
}

/// Whether an error says that a token stands for another transaction: `IdempotentParameterMismatchException`.
pub fn is_token_mismatch(error_body: &Bytes) -> bool {
    let mut is_mismatch = false;
    let read = Reader::new(error_body).and_then(|mut reader| {
        reader.object(|reader, member| match &*member {
            "__type" => {
                let name = reader.text()?;
                let name = name.rsplit('#').next().unwrap_or_default();
                is_mismatch =
                    matches!(name, "IdempotentParameterMismatchException" | "IdempotentParameterMismatch");
                Ok(())
            }
            _ => reader.skip(),
        })
    });
    read.is_ok() && is_mismatch
}

#[cfg(test)]
mod tests {
    use super::{cancellation_reasons, is_token_mismatch};
    use crate::error::ErrorKind;

    #[test]
    fn reasons_keep_their_places_and_their_items() {
        let body = br#"{"__type":"x#TransactionCanceledException","CancellationReasons":[{"Code":"None"},
            {"Code":"ConditionalCheckFailed","Message":"failed","Item":{"a":{"S":"x"}}},{"Code":"None","Message":null}]}"#;

        let reasons = cancellation_reasons(&body.as_slice().into()).unwrap();

        let there: Vec<_> = reasons.iter().map(Option::is_some).collect();
        assert_eq!(there, [false, true, false]);
        assert!(reasons[1].as_ref().unwrap().item.is_some());
    }

    #[test]
    fn reasons_show_no_value_that_the_engine_quotes() {
        let body = br#"{"CancellationReasons":[{"Code":"ValidationError","Message":"bad AttributeValue: {S:secret}"}]}"#;

        let reason = cancellation_reasons(&body.as_slice().into()).unwrap().remove(0).unwrap();

        let error = reason.into_error();
        assert_eq!(
            (error.kind(), error.to_string().as_str()),
            (ErrorKind::Validation, "bad (values left out)")
        );
    }

    #[test]
    fn a_token_of_another_transaction_is_known_by_the_errors_name() {
        let body = br#"{"__type":"com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"}"#;

        assert!(is_token_mismatch(&body.as_slice().into()));
        assert!(!is_token_mismatch(&br#"{"__type":"ValidationException"}"#.as_slice().into()));
    }
}
