use dynamorm::{Change, ChangeKind, RawItem, StreamRecord, StreamView, Timestamp};

use crate::model::{GET_RECORDS, Head, LAMBDA_EVENT, Lenient, Line, Order, head, line, records};

mod lambda_event {
    use super::*;

    #[test]
    fn is_read_as_the_changes_of_a_collection() {
        let changes: Vec<_> =
            records(LAMBDA_EVENT).iter().map(|record| record.change::<Order>().unwrap()).collect();

        let (before, after) = (Order::Line(line("New item!")), Order::Line(line("This item has changed")));
        let expected = [
            Change::Insert { new: Order::Head(head("o-1", "ann", 101, &[0, 1, 2, 255])) },
            Change::Modify { old: before, new: after.clone() },
            Change::Remove { old: after },
        ];
        assert_eq!(changes, expected.map(Some));
    }

    #[test]
    fn is_read_as_the_changes_of_one_model() {
        let changes: Vec<_> =
            records(LAMBDA_EVENT).iter().map(|record| record.change::<Head>().unwrap()).collect();

        let new = head("o-1", "ann", 101, &[0, 1, 2, 255]);
        assert_eq!(changes, [Some(Change::Insert { new }), None, None]);
    }

    #[test]
    fn says_the_sequence_number_the_id_and_the_table() {
        let records = records(LAMBDA_EVENT);

        assert_eq!(records[1].sequence_number(), Some("4421584500000000017450439092"));
        assert_eq!(records[1].event_id(), Some("c81e728d9d4c2f636f067f89cc14862c"));
        assert_eq!(records[1].table(), Some("ExampleTableWithStream"));
        assert_eq!(records[1].kind(), Some(ChangeKind::Modify));
        assert_eq!(records[1].view(), Some(StreamView::NewAndOldImages));
    }

    #[test]
    fn says_when_in_each_form_of_a_number() {
        let at: Vec<_> = records(LAMBDA_EVENT).iter().map(|record| record.created_at().unwrap()).collect();

        let millis = [1_428_537_600_000, 1_428_537_600_250, 1_428_537_601_750];
        assert_eq!(at, millis.map(|millis| Timestamp::from_unix_millis(millis).unwrap()));
    }

    #[test]
    fn says_what_ttl_removed() {
        let removed: Vec<_> = records(LAMBDA_EVENT).iter().map(StreamRecord::is_removed_by_ttl).collect();

        assert_eq!(removed, [false, false, true]);
    }
}

mod get_records {
    use super::*;

    #[test]
    fn is_read_as_the_changes_of_a_collection_that_skips_what_it_does_not_know() {
        let changes: Vec<_> =
            records(GET_RECORDS).iter().map(|record| record.change::<Lenient>().unwrap()).collect();

        let item = Lenient::Head(head("o-2", "bob", 5, &[]));
        let expected = [Some(Change::Insert { new: item.clone() }), Some(Change::Remove { old: item }), None];
        assert_eq!(changes, expected);
    }

    #[test]
    fn an_unknown_item_is_an_error_of_a_collection_that_refuses_it() {
        let refused = records(GET_RECORDS)[2].change::<Order>().unwrap_err();

        let message = "stream record `500000000000000499661`: attribute `NewImage`: its key is of no model of the \
                       collection `Order`";
        assert_eq!(refused.to_string(), message);
    }

    #[test]
    fn an_unknown_item_is_none_of_a_model() {
        assert_eq!(records(GET_RECORDS)[2].change::<Line>().unwrap(), None);
    }

    #[test]
    fn says_what_ttl_removed() {
        let records = records(GET_RECORDS);

        assert_eq!([0, 1, 2].map(|place| records[place].is_removed_by_ttl()), [false, true, false]);
        assert_eq!(records[1].table(), None);
    }

    #[test]
    fn one_record_is_read_by_itself() {
        let json: serde_json::Value = serde_json::from_str(GET_RECORDS).unwrap();

        let record = StreamRecord::from_json(json["Records"][0].to_string().as_bytes()).unwrap();

        assert_eq!(record.sequence_number(), Some("300000000000000499659"));
        assert_eq!(record.keys().unwrap().attribute::<String>("sk").unwrap().as_deref(), Some("HEAD"));
        assert_eq!(record.new_image().map(RawItem::decode::<Head>).unwrap().unwrap().total, 5);
    }
}
