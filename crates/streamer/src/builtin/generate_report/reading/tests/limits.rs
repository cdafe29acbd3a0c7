use dynamorm::codec::encode_value;
use serde_json::Value;
use streamer_store::Json;

use super::{
    Format::{Csv, JsonLines},
    SourceFile, Told, finish, report, request,
};
use crate::{
    builtin::generate_report::{
        limits::{MAX_CHECKPOINT_BYTES, MAX_GROUP_BYTES, MAX_GROUPS, MAX_ROW_BYTES, MAX_SOURCE_BYTES},
        position::Position,
        report::Report,
        rows::Rows,
        tally::Tally,
    },
    protocol::Code,
};

/// The size of an item, <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
const MAX_ITEM_BYTES: usize = 400 * 1024;

fn rows_of(groups: usize, name: impl Fn(usize) -> String) -> String {
    let rows = (0..groups).map(|number| format!("{},{number}\n", name(number)));
    format!("region,amount\n{}", rows.collect::<String>())
}

#[test]
fn of_groups_is_held() {
    let most = report(Csv, rows_of(MAX_GROUPS, |number| format!("g{number}"))).unwrap();
    let error = report(Csv, rows_of(MAX_GROUPS + 1, |number| format!("g{number}"))).unwrap_err();

    assert_eq!(most.groups().len(), MAX_GROUPS);
    assert_eq!((error.code(), error.is_retryable()), (Code::TooLarge, false));
    assert!(error.to_string().contains("10000 groups"), "{error}");
}

#[test]
fn of_the_bytes_of_names_is_held() {
    let name = |number: usize| format!("{number:01024}");

    let most = report(Csv, rows_of(MAX_GROUP_BYTES / 1024, name)).unwrap();
    let error = report(Csv, rows_of(MAX_GROUP_BYTES / 1024 + 1, name)).unwrap_err();

    assert_eq!(most.groups().len(), MAX_GROUP_BYTES / 1024);
    assert_eq!((error.code(), error.is_retryable()), (Code::TooLarge, false));
}

#[test]
fn of_the_digits_of_a_sum_makes_a_row_unreadable() {
    let told = report(Csv, "region,amount\na,1e30\nb,1e-10\nb,1\na,1e60\na,-1e30\n").unwrap();

    assert_eq!(told.groups(), ["a: 2, 0", "b: 1, 1"]);
    let reason =
        "the sum with it is a number that cannot be kept: number has more than 38 significant digits";
    assert_eq!(told.unreadable(), [(3, reason), (5, reason)]);
}

#[test]
fn of_the_unreadable_rows_that_are_named_is_ten() {
    let told = report(JsonLines, "?\n".repeat(11)).unwrap();

    assert_eq!((told.unreadable_rows, told.unreadable.len()), (11, 10));
}

#[test]
fn of_what_is_held_of_a_row_is_held() {
    for format in [Csv, JsonLines] {
        let mut rows = Rows::from(format, Position::first(0), None, &request());
        let mut tally = Tally::default();
        rows.push(b"region,amount\n\"", &mut tally).unwrap();

        let chunk = vec![b'x'; 256 * 1024];
        for _ in 0..64 {
            rows.push(&chunk, &mut tally).unwrap();
        }

        assert!(rows.held_bytes() <= 2 * (MAX_ROW_BYTES + 1), "{format:?} {}", rows.held_bytes());
    }
}

/// As many groups as there may be, of names that cannot be compressed, and sums of 37 digits.
fn greatest() -> Report {
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        // Knuth's MMIX generator: its upper bits are random enough for a compressor.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut content = String::from("region,amount\n");
    for number in 0..MAX_GROUPS {
        let name: String = (0..9).map(|_| char::from(b'#' + random(90) as u8)).collect();
        let digits: String = (0..36).map(|_| char::from(b'0' + random(10) as u8)).collect();
        // One up and one down, so that the sum of all has no more digits.
        let sign = if number % 2 == 0 { "" } else { "-" };
        content.push_str(&format!("\"{name}\",{sign}9{}.{}\n", &digits[..2], &digits[2..]));
    }
    finish(SourceFile::new(Csv, content).begin()).unwrap()
}

#[test]
fn of_all_is_less_than_an_item() {
    let greatest = greatest();
    let told = Told::of(&greatest);
    assert_eq!((told.groups.len(), told.unreadable_rows), (MAX_GROUPS, 0));
    let result = Json::of(&greatest).unwrap();

    let stored: Value = serde_json::from_slice(&encode_value(&result).unwrap()).unwrap();

    // Base64 has four characters for three bytes.
    let bytes = stored["B"].as_str().unwrap().len() / 4 * 3;
    println!("a report of {} bytes is stored in {bytes}", result.as_str().len());
    assert!(bytes + MAX_CHECKPOINT_BYTES + MAX_SOURCE_BYTES + 8 * 1024 < MAX_ITEM_BYTES, "{bytes}");
}
