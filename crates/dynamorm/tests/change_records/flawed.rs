use dynamorm::{ErrorKind, StreamRecord};
use serde_json::{Value, json};

use crate::model::{LAMBDA_EVENT, Lenient, Line, Order, records};

/// Lambda's event with a change of its second record.
fn with(change: impl FnOnce(&mut Value)) -> Vec<StreamRecord> {
    let mut event: Value = serde_json::from_str(LAMBDA_EVENT).unwrap();
    change(&mut event["Records"][1]);
    records(&event.to_string())
}

#[test]
fn one_image_that_cannot_be_read_does_not_hide_the_other_records() {
    let records = with(|record| record["dynamodb"]["NewImage"]["article"] = json!({"N": "5"}));

    let failed: Vec<_> = records.iter().filter(|record| record.change::<Order>().is_err()).collect();

    let error = failed[0].change::<Order>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.attribute_path().unwrap().to_string(), "NewImage.article");
    let answer = StreamRecord::batch_item_failures(failed);
    let expected = r#"{"batchItemFailures":[{"itemIdentifier":"4421584500000000017450439092"}]}"#;
    assert_eq!(String::from_utf8(answer).unwrap(), expected);
}

#[test]
fn a_record_of_a_table_with_other_keys_is_no_change() {
    let records = with(|record| {
        record["dynamodb"]["Keys"] = json!({"name": {"S": "x"}});
        record["dynamodb"]["NewImage"] = json!({"name": {"S": "x"}});
    });

    assert_eq!(records[1].change::<Line>().unwrap(), None);
    assert_eq!(records[1].change::<Lenient>().unwrap(), None);
}

#[test]
fn no_failures_are_an_empty_list() {
    assert_eq!(StreamRecord::batch_item_failures([]), br#"{"batchItemFailures":[]}"#);
}

#[test]
fn a_flaw_leaves_the_sequence_number_that_follows_it() {
    type Break = fn(&mut Value);
    let flaws: [(&str, Break); 4] = [
        ("eventName", |record| record["eventName"] = json!("UPSERT")),
        ("userIdentity", |record| record["userIdentity"] = json!("Service")),
        ("Keys", |record| record["dynamodb"]["Keys"] = json!([])),
        ("NewImage", |record| record["dynamodb"]["NewImage"] = json!("an image")),
    ];
    for (member, flaw) in flaws {
        let records = with(flaw);

        let error = records[1].change::<Order>().unwrap_err();

        assert_eq!(records[1].sequence_number(), Some("4421584500000000017450439092"), "{member}");
        assert!(error.attribute_path().unwrap().to_string().contains(member), "{error}");
        assert!(records[0].change::<Order>().is_ok() && records[2].change::<Order>().is_ok());
    }
}

#[test]
fn a_flaw_in_what_a_change_does_not_need_is_told_and_hides_no_change() {
    type Break = fn(&mut Value);
    let flaws: [(&str, Break); 4] = [
        ("eventID", |record| record["eventID"] = json!(5)),
        ("eventSourceARN", |record| record["eventSourceARN"] = json!({})),
        ("ApproximateCreationDateTime", |record| {
            record["dynamodb"]["ApproximateCreationDateTime"] = json!("now");
        }),
        ("StreamViewType", |record| record["dynamodb"]["StreamViewType"] = json!([])),
    ];
    for (member, flaw) in flaws {
        let record = &with(flaw)[1];

        assert!(record.change::<Line>().unwrap().is_some(), "{member}");
        let error = record.check().unwrap_err();
        assert!(error.attribute_path().unwrap().to_string().contains(member), "{error}");
    }
}

#[test]
fn a_flaw_that_a_change_does_not_need_hides_no_other() {
    let records = with(|record| {
        record["eventID"] = json!(5);
        record["dynamodb"]["NewImage"] = json!("an image");
    });

    let error = records[1].change::<Line>().unwrap_err();

    assert_eq!(error.attribute_path().unwrap().to_string(), "NewImage");
}

#[test]
fn a_record_without_what_it_must_have_is_refused() {
    for member in ["dynamodb", "eventName"] {
        let records = with(|record| drop(record.as_object_mut().unwrap().remove(member)));

        let error = records[1].check().unwrap_err();

        assert_eq!(error.attribute_path().unwrap().to_string(), member);
    }
}

#[test]
fn members_that_are_null_count_as_absent() {
    let records = with(|record| {
        record["userIdentity"] = Value::Null;
        record["eventSourceARN"] = Value::Null;
    });
    let inside = with(|record| record["userIdentity"] = json!({"type": null, "principalId": null}));

    assert!(records[1].change::<Line>().unwrap().is_some());
    assert!(inside[1].change::<Line>().unwrap().is_some());
    assert!(!inside[1].is_removed_by_ttl());
}

#[test]
fn only_the_service_that_deletes_what_has_expired_counts_as_ttl() {
    let identities = [
        json!({"type": "Service", "principalId": "replication.dynamodb.amazonaws.com"}),
        json!({"type": "User", "principalId": "dynamodb.amazonaws.com"}),
        json!({"type": "Service"}),
        json!({}),
    ];
    for identity in identities {
        let records = with(|record| {
            record["eventName"] = json!("REMOVE");
            record["userIdentity"] = identity.clone();
        });

        assert!(!records[1].is_removed_by_ttl(), "{identity}");
        assert!(records[1].change::<Line>().unwrap().is_some());
    }
}

#[test]
fn only_a_removal_counts_as_removed_by_ttl() {
    let records = with(|record| {
        record["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    });

    assert!(!records[1].is_removed_by_ttl());
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    for body in [json!("text"), json!([]), json!(5)] {
        let records = with(|record| record["dynamodb"] = body);

        assert!(records[1].change::<Order>().is_err());
    }
}

#[test]
fn an_event_without_records_is_refused() {
    for json in [r#"{}"#, r#"{"Records":null}"#, r#"{"Records":{}}"#, "[]", "", "null"] {
        let error = StreamRecord::all_from_json(json.as_bytes()).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Decode, "{json}");
    }
    assert!(StreamRecord::all_from_json(br#"{"Records":[]}"#).unwrap().is_empty());
}

#[test]
fn nothing_of_an_item_is_shown() {
    let records = with(|record| {
        record["dynamodb"]["NewImage"]["article"] = json!({"L": [{"S": "a secret"}]});
        record["dynamodb"]["OldImage"]["article"] = json!({"S": "a secret"});
    });

    let shown = format!("{:?} {:?}", records[1], records[1].change::<Order>().unwrap_err());

    assert!(!shown.contains("secret") && !shown.contains("o-1"), "{shown}");
}
