use dynamorm::{RawItem, StreamRecord};
use serde_json::json;

use crate::model::{Head, Lenient, Line, Order, line};

/// The modification of a line, as a stream of that view tells it.
fn modified(view: &str, images: &[&str]) -> StreamRecord {
    let item = json!({"pk": {"S": "ORDER#o-1"}, "sk": {"S": "LINE#0000000005"}, "order_id": {"S": "o-1"},
                      "line": {"N": "5"}, "article": {"S": "pen"}});
    let mut record = json!({"eventName": "MODIFY", "dynamodb": {
        "Keys": {"pk": item["pk"], "sk": item["sk"]}, "SequenceNumber": "111", "StreamViewType": view}});
    for image in images {
        record["dynamodb"][*image] = item.clone();
    }
    StreamRecord::from_json(record.to_string().as_bytes()).unwrap()
}

#[test]
fn a_change_without_its_images_says_which_view_it_needs() {
    let new_only = modified("NEW_IMAGE", &["NewImage"]).change::<Line>().unwrap_err();
    let old_only = modified("OLD_IMAGE", &["OldImage"]).change::<Line>().unwrap_err();
    let keys_only = modified("KEYS_ONLY", &[]).change::<Line>().unwrap_err();

    let message = |image, view| {
        format!(
            "stream record `111`: attribute `{image}`: missing; the stream's view is `{view}`, and a change needs \
             `NEW_AND_OLD_IMAGES`"
        )
    };
    assert_eq!(new_only.to_string(), message("OldImage", "NEW_IMAGE"));
    assert_eq!(old_only.to_string(), message("NewImage", "OLD_IMAGE"));
    assert_eq!(keys_only.to_string(), message("OldImage", "KEYS_ONLY"));
}

#[test]
fn a_record_of_another_model_needs_no_images() {
    for record in [modified("NEW_IMAGE", &["NewImage"]), modified("KEYS_ONLY", &[])] {
        assert_eq!(record.change::<Head>().unwrap(), None);
    }
    let elsewhere = json!({"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "111",
        "Keys": {"pk": {"S": "ORDER#o-1"}, "sk": {"S": "LINE#5#NOTE#1"}}}});
    let record = StreamRecord::from_json(elsewhere.to_string().as_bytes()).unwrap();

    assert_eq!(record.change::<Line>().unwrap(), None);
    assert_eq!(record.change::<Lenient>().unwrap(), None);
    assert!(record.change::<Order>().is_err());
}

#[test]
fn an_image_without_attributes_is_none() {
    let record = r#"{"eventName":"REMOVE","dynamodb":{"SequenceNumber":"111","NewImage":{ },"OldImage":{}}}"#;

    let record = StreamRecord::from_json(record.as_bytes()).unwrap();

    assert_eq!((record.new_image(), record.old_image()), (None, None));
}

#[test]
fn the_image_that_is_there_is_read_by_itself() {
    let record = modified("NEW_IMAGE", &["NewImage"]);

    assert_eq!(record.new_image().map(RawItem::decode::<Line>).unwrap().unwrap(), line("pen"));
    assert_eq!(record.old_image(), None);
}

#[test]
fn a_key_is_read_without_images() {
    let record = modified("KEYS_ONLY", &[]);

    let sort = record.keys().unwrap().attribute::<String>("sk").unwrap();
    assert_eq!(sort.as_deref(), Some("LINE#0000000005"));
}
