//! No bytes panic.

use dynamorm::StreamRecord;
use proptest::prelude::*;

use crate::model::{GET_RECORDS, Head, LAMBDA_EVENT, Lenient, Order};

/// Reads all that there is to read.
fn read(json: &[u8]) {
    let _ = StreamRecord::from_json(json);
    for record in StreamRecord::all_from_json(json).into_iter().flatten() {
        let _ = (record.change::<Order>(), record.change::<Lenient>(), record.change::<Head>());
        let _ = (record.table(), record.is_removed_by_ttl(), format!("{record:?}"));
        let _ = record.keys().map(|keys| keys.attribute::<String>("sk"));
    }
}

#[test]
fn a_text_that_ends_anywhere_is_refused() {
    for json in [LAMBDA_EVENT, GET_RECORDS].map(str::trim_end) {
        for end in 0..json.len() {
            read(&json.as_bytes()[..end]);
            assert!(StreamRecord::all_from_json(&json.as_bytes()[..end]).is_err(), "{end}");
        }
    }
}

#[test]
fn numbers_out_of_every_range_are_refused() {
    for seconds in ["1e999", "-1e999", "1e18", "-62135596801", "1559145869000", "1e-999"] {
        let json = format!(
            r#"{{"eventName":"REMOVE","dynamodb":{{"SequenceNumber":"1","ApproximateCreationDateTime":{seconds}}}}}"#
        );

        let record = StreamRecord::from_json(json.as_bytes());

        assert_eq!(record.is_ok(), seconds == "1e-999", "{seconds}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let json = format!(r#"{{"Records":[{{"dynamodb":{}}}]}}"#, "[".repeat(100_000));

    assert!(StreamRecord::all_from_json(json.as_bytes()).is_err());
}

#[test]
fn a_sequence_number_that_is_none_is_refused() {
    for number in ["\"\"", "\"12a\"", "111", "\"99999999999999999999999999999999999999999\"", "\"-1\""] {
        let json = format!(r#"{{"eventName":"REMOVE","dynamodb":{{"SequenceNumber":{number}}}}}"#);

        assert!(StreamRecord::from_json(json.as_bytes()).is_err(), "{number}");
    }
}

proptest! {
    #[test]
    fn changed_bytes_do_not_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        is_lambda in any::<bool>(),
    ) {
        let mut json = if is_lambda { LAMBDA_EVENT } else { GET_RECORDS }.as_bytes().to_vec();
        for (place, byte) in changes {
            let place = place.index(json.len());
            json[place] = byte;
        }

        read(&json);
    }

    #[test]
    fn swapped_parts_do_not_panic(
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
        length in 1_usize..200,
    ) {
        let mut json = LAMBDA_EVENT.as_bytes().to_vec();
        let from = from.index(json.len() - length);
        let part = json[from..from + length].to_vec();
        let to = to.index(json.len());
        json.splice(to..to, part);

        read(&json);
    }
}
