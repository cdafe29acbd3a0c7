//! The `streamer` command; everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    streamer::cli::run()
}
