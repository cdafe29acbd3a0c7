use std::{fs, io::Write as _, thread, time::Duration};

use super::{Format::Csv, Reading, SliceEnd, SourceFile, finish, request};
use crate::builtin::generate_report::reading::SLICE_BYTES;

/// A file that is more than one slice.
fn large() -> SourceFile {
    let rows = "north,1\n".repeat(SLICE_BYTES as usize / 8 + 1000);
    SourceFile::new(Csv, format!("region,amount\n{rows}"))
}

#[test]
fn of_a_file_that_is_written_to_meanwhile_stop_the_report() {
    let file = large();
    let mut reading = file.begin();
    assert_eq!(reading.read_slice(|| false), Ok(SliceEnd::More));

    fs::OpenOptions::new().append(true).open(&file.path).unwrap().write_all(b"north,1\n").unwrap();
    let error = finish(reading).unwrap_err();

    assert_eq!(error.to_string(), "`source` changed while it was read");
    assert!(error.is_retryable());
}

#[test]
fn of_a_file_that_is_cut_off_meanwhile_stop_the_report() {
    let file = large();
    let mut reading = file.begin();
    assert_eq!(reading.read_slice(|| false), Ok(SliceEnd::More));

    fs::OpenOptions::new().write(true).open(&file.path).unwrap().set_len(100).unwrap();
    let error = finish(reading).unwrap_err();

    assert_eq!(error.to_string(), "`source` changed while it was read");
    assert!(error.is_retryable());
}

#[test]
fn since_the_checkpoint_begin_the_report_anew() {
    let file = large();
    let mut reading = file.begin();
    assert_eq!(reading.read_slice(|| false), Ok(SliceEnd::More));
    let checkpoint = reading.checkpoint();
    let length = fs::metadata(&file.path).unwrap().len();

    // The clock of files advances by ticks of the kernel.
    thread::sleep(Duration::from_millis(50));
    fs::OpenOptions::new().write(true).open(&file.path).unwrap().write_all(b"region,amount\nsouth").unwrap();
    let opened = fs::File::open(&file.path).unwrap();
    let resumed = Reading::begin(opened, Csv, &request(), Some(checkpoint)).unwrap();

    assert_eq!(resumed.bytes(), (0, length));
    assert_eq!(super::Told::of(&finish(resumed).unwrap()).groups()[1], "south: 1, 1");
}
