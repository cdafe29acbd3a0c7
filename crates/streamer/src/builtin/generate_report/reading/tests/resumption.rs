use std::{cell::Cell, fs};

use proptest::prelude::*;

use super::{
    Format::{self, Csv, JsonLines},
    Reading, Report, SliceEnd, SourceFile, Told, finish, request,
};
use crate::{
    builtin::generate_report::{
        checkpoint::ReportCheckpoint, position::Position, reading::CHUNK_BYTES, rows::Rows, tally::Tally,
        version::FileVersion,
    },
    handler::HandlerError,
};

/// Reads bytes in pieces that end at these places, as one attempt, or as one attempt a piece.
fn read_in_pieces(
    format: Format,
    content: &[u8],
    ends: &[usize],
    is_resumed: bool,
) -> Result<Told, HandlerError> {
    let version = FileVersion::of(&tempfile::tempfile().unwrap()).unwrap();
    let mut rows = Rows::from(format, Position::first(0), None, &request());
    let mut tally = Tally::default();
    let mut read = 0;
    for end in ends {
        rows.push(&content[read..(*end).max(read)], &mut tally)?;
        read = (*end).max(read);
        if is_resumed {
            let kept = ReportCheckpoint::of(version, rows.position(), rows.columns(), &tally);
            let kept: ReportCheckpoint = serde_json::from_str(kept.to_json().unwrap().get()).unwrap();
            rows = Rows::from(format, kept.position, kept.columns, &request());
            read = usize::try_from(kept.position.offset).unwrap();
            tally = kept.into_tally().unwrap();
        }
    }
    rows.push(&content[read..], &mut tally)?;
    rows.finish(&mut tally)?;
    Ok(Told::of(&Report::of("source".to_owned(), tally)?))
}

/// Pieces that files are made of, the ill-formed ones too.
fn content(format: Format) -> impl Strategy<Value = Vec<u8>> {
    let pieces: &'static [&'static [u8]] = match format {
        Csv => &[
            b"north",
            b"1",
            b"0.5",
            b",",
            b",",
            b"\n",
            b"\r\n",
            b"\r",
            b"\"",
            b"\"\"",
            b"\"a\nb\"",
            b"\xef\xbb\xbf",
            b"\xc3\xa9",
            b"\xff",
            b"north,1\n",
            b"south,2.5\r\n",
            b"\"so\"\"uth\",3\n",
        ],
        JsonLines => &[
            b"{\"region\":\"north\",\"amount\":1}\n",
            b"{\"region\":\"s\\u00fcd\",\"amount\":2.5}\r\n",
            b"{\"region\":\"",
            b"\"amount\":1}",
            b"\n",
            b"\r\n",
            b" ",
            b"\xef\xbb\xbf",
            b"\xff",
            b"\xc3\xa9",
        ],
    };
    let start: &'static [u8] = if format == Csv { b"region,amount\n" } else { b"" };
    prop::collection::vec(prop::sample::select(pieces), 0..40)
        .prop_map(move |pieces| [&[start], &pieces[..]].concat().concat())
}

fn content_and_ends() -> impl Strategy<Value = (Format, Vec<u8>, Vec<usize>)> {
    prop::sample::select(&[Csv, JsonLines][..]).prop_flat_map(|format| {
        content(format).prop_flat_map(move |content| {
            let length = content.len();
            let ends = prop::collection::vec(0..=length, 0..6).prop_map(|mut ends| {
                ends.sort_unstable();
                ends
            });
            (Just(format), Just(content), ends)
        })
    })
}

proptest! {
    #[test]
    fn anywhere_makes_the_report_of_one_attempt((format, content, ends) in content_and_ends()) {
        let whole = read_in_pieces(format, &content, &[], false);

        prop_assert_eq!(&read_in_pieces(format, &content, &ends, false), &whole);
        prop_assert_eq!(&read_in_pieces(format, &content, &ends, true), &whole);
    }
}

/// Some slices of rows, and a row among them that is longer than a chunk.
fn large(format: Format) -> SourceFile {
    let (header, row, row_bytes) = match format {
        Csv => ("region,amount,note\n", "\"north, 1\",0.1,\"two\nlines\"\n", 29),
        JsonLines => ("", "{\"region\":\"north, 1\",\"amount\":0.1}\n", 35),
    };
    let rows = row.repeat(3_000_000 / row_bytes);
    let long = match format {
        Csv => format!("south,1,{}\n", "x".repeat(600_000)),
        JsonLines => format!("{{\"region\":\"south\",\"amount\":1,\"note\":\"{}\"}}\n", "x".repeat(600_000)),
    };
    SourceFile::new(format, format!("{header}{rows}?\n{long}{rows}"))
}

#[test]
fn of_a_file_reads_what_was_not_read() {
    for format in [Csv, JsonLines] {
        let file = large(format);
        let whole = finish(file.begin()).unwrap();
        let mut reading = file.begin();
        let mut attempts = 0;

        while reading.read_slice(|| false).unwrap() == SliceEnd::More {
            let checkpoint = serde_json::from_str(reading.checkpoint().to_json().unwrap().get()).unwrap();
            let opened = fs::File::open(&file.path).unwrap();
            let resumed = Reading::begin(opened, format, &request(), Some(checkpoint)).unwrap();
            // What is read again is the row that had begun.
            assert!(reading.bytes().0 - resumed.bytes().0 <= 600_100);
            reading = resumed;
            attempts += 1;
        }
        let report = Report::of("source".to_owned(), reading.into_tally()).unwrap();

        assert!(attempts >= 1);
        assert_eq!(Told::of(&report), Told::of(&whole));
        assert_eq!(Told::of(&whole).groups()[1], "south: 1, 1");
        assert_eq!(Told::of(&whole).unreadable_rows, 1);
    }
}

#[test]
fn is_possible_where_the_report_was_given_up() {
    let file = large(Csv);
    let mut reading = file.begin();
    let looks = Cell::new(0);

    let end = reading.read_slice(|| {
        looks.set(looks.get() + 1);
        looks.get() > 3
    });

    assert_eq!(end, Ok(SliceEnd::Cancelled));
    assert_eq!(reading.bytes().0, 3 * CHUNK_BYTES);
    let checkpoint = reading.checkpoint();
    let resumed =
        Reading::begin(fs::File::open(&file.path).unwrap(), Csv, &request(), Some(checkpoint)).unwrap();
    assert!(resumed.bytes().0 > 2 * CHUNK_BYTES);
    assert_eq!(Told::of(&finish(resumed).unwrap()), Told::of(&finish(file.begin()).unwrap()));
}
