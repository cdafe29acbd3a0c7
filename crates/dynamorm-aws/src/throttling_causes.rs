use std::fmt::Write as _;

use serde_json::Value;

use crate::quoted::Quoted;

/// How many causes are told at most; a batch that meets more is throttled for the same reasons.
const MAX_CAUSES: usize = 3;

/// The names of the list: `ThrottlingException` writes it small, `ProvisionedThroughputExceededException` and
/// `RequestLimitExceeded` write it large. No other error has it.
///
/// Source: [`ThrottlingReason`](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ThrottlingReason.html)
/// and the service's model.
const LISTS: [&str; 2] = ["throttlingReasons", "ThrottlingReasons"];

/// What was throttled and why, from the JSON body of an error, in words for a message such as
/// ``TableWriteProvisionedThroughputExceeded on `arn:…:table/orders` ``.
///
/// `None` when the body tells no cause. The words name tables and indexes, never items, and have a bounded length
/// whatever the body is.
pub(crate) fn throttling_causes(body: &[u8]) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let reasons = LISTS.iter().find_map(|name| body.get(name)?.as_array())?;
    let mut causes: Vec<String> = Vec::new();
    for cause in reasons.iter().filter_map(cause) {
        // Each item of a batch may bring the same one.
        if causes.contains(&cause) {
            continue;
        }
        if causes.len() == MAX_CAUSES {
            causes.push("others".to_owned());
            break;
        }
        causes.push(cause);
    }
    (!causes.is_empty()).then(|| causes.join(", "))
}

/// The words for one element of the list.
fn cause(reason: &Value) -> Option<String> {
    let text = |name: &str| reason.get(name)?.as_str().filter(|text| !text.is_empty());
    let (reason, resource) = (text("reason"), text("resource"));
    let mut words = match reason {
        Some(reason) if is_name(reason) => reason.to_owned(),
        Some(reason) => Quoted(reason).to_string(),
        None => "throttled".to_owned(),
    };
    if let Some(resource) = resource {
        // Writing to a string does not fail.
        let _ = write!(words, " on {}", Quoted(resource));
    }
    (reason.is_some() || resource.is_some()).then_some(words)
}

/// The longest reason that is taken for one of DynamoDB's, which have about 40 letters.
const MAX_NAME: usize = 80;

/// Whether `reason` is one of DynamoDB's, or looks like one.
fn is_name(reason: &str) -> bool {
    reason.len() <= MAX_NAME && reason.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    mod throttling_causes {
        use super::*;

        const TABLE: &str = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

        fn causes(body: &Value) -> Option<String> {
            super::super::throttling_causes(body.to_string().as_bytes())
        }

        #[test]
        fn say_what_limit_was_met_on_which_table() {
            for list in ["throttlingReasons", "ThrottlingReasons"] {
                let body = serde_json::json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
                    "message": "The level of configured provisioned throughput for the table was exceeded.",
                    list: [{ "reason": "TableWriteProvisionedThroughputExceeded", "resource": TABLE }],
                });

                assert_eq!(
                    causes(&body).unwrap(),
                    format!("TableWriteProvisionedThroughputExceeded on `{TABLE}`")
                );
            }
        }

        #[test]
        fn are_told_once_each() {
            let reason = |reason| serde_json::json!({ "reason": reason, "resource": TABLE });
            let body = serde_json::json!({
                "throttlingReasons": [
                    reason("TableReadKeyRangeThroughputExceeded"),
                    reason("TableReadKeyRangeThroughputExceeded"),
                    reason("IndexReadAccountLimitExceeded"),
                ],
            });

            assert_eq!(
                causes(&body).unwrap(),
                format!(
                    "TableReadKeyRangeThroughputExceeded on `{TABLE}`, IndexReadAccountLimitExceeded on `{TABLE}`"
                )
            );
        }

        #[test]
        fn end_with_others_where_there_are_many() {
            let reasons: Vec<_> =
                (0..9).map(|index| serde_json::json!({ "reason": format!("R{index}") })).collect();

            assert_eq!(
                causes(&serde_json::json!({ "throttlingReasons": reasons })).unwrap(),
                "R0, R1, R2, others"
            );
        }

        #[test]
        fn are_cut_where_a_reason_is_long() {
            let body = serde_json::json!({ "throttlingReasons": [{ "reason": "a".repeat(5_000) }] });

            let words = causes(&body).unwrap();

            assert!(words.ends_with("a…`") && words.len() < 300, "{words}");
        }

        #[test]
        fn may_lack_the_reason_or_the_resource() {
            let body = serde_json::json!({ "throttlingReasons": [{ "resource": TABLE }, { "reason": "A" }, {}, null] });

            assert_eq!(causes(&body).unwrap(), format!("throttled on `{TABLE}`, A"));
        }

        #[test]
        fn are_absent_where_the_body_tells_none() {
            for body in
                ["", "{", "[]", "null", "{}", r#"{"throttlingReasons":[]}"#, r#"{"throttlingReasons":{}}"#]
            {
                assert_eq!(super::super::throttling_causes(body.as_bytes()), None, "{body}");
            }
        }

        /// JSON of a few shapes, with the names that are looked for among its keys.
        fn json() -> impl Strategy<Value = Value> {
            let text = prop_oneof![any::<String>(), "[a-zA-Z]{0,300}", Just("\u{7f}".repeat(400))];
            let leaf = prop_oneof![
                Just(Value::Null),
                any::<i64>().prop_map(Value::from),
                text.prop_map(Value::from)
            ];
            let key = prop::sample::select(vec!["reason", "resource", LISTS[0], LISTS[1], "message"]);
            leaf.prop_recursive(4, 32, 6, move |inner| {
                prop_oneof![
                    prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                    prop::collection::vec((key.clone(), inner), 0..6).prop_map(|fields| {
                        fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
                    }),
                ]
            })
        }

        proptest! {
            #[test]
            fn never_fail_whatever_the_bytes(body in any::<Vec<u8>>()) {
                let _ = super::super::throttling_causes(&body);
            }

            #[test]
            fn have_a_bounded_length_whatever_the_json(
                reasons in prop::collection::vec(json(), 0..6),
                name in prop::sample::select(LISTS.to_vec()),
            ) {
                let body = serde_json::json!({ name: reasons });

                let words = causes(&body).unwrap_or_default();

                prop_assert!(words.chars().count() <= 1_300, "{}", words.chars().count());
            }
        }
    }
}
