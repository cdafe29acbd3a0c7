use std::{
    env,
    ffi::OsString,
    io::{self, IsTerminal as _},
    path::Path,
    process::Command,
};

/// The cargo that runs this program, to be started at `root` with the surroundings that every step shares.
///
/// One set of variables for all steps: whatever differed here could make cargo build the workspace again.
pub(super) fn cargo(root: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.args(arguments).current_dir(root);
    // DynamoDB Local calls out unless it is told not to; no test may.
    command.env("DDB_LOCAL_TELEMETRY", "0");
    if env::var_os("CARGO_TERM_COLOR").is_none() {
        command.env("CARGO_TERM_COLOR", if io::stderr().is_terminal() { "always" } else { "never" });
    }
    command
}
