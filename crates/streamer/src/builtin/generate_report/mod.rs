//! `generate_report`: groups and sums the rows of a file.
//!
//! The file is read on a thread that may block, a slice at a time; between two slices the handler says how far it is and
//! keeps a checkpoint. What is in memory is bounded by the limits of the report, never by the file.

mod amount;
mod checkpoint;
mod csv;
mod format;
mod groups;
mod handler;
mod json_lines;
mod json_row;
mod limits;
mod position;
mod reading;
mod report;
mod request;
mod rows;
mod source;
mod tally;
mod unreadable;
mod version;

pub use handler::GenerateReport;
