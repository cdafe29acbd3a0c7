//! Settings from the environment.

use std::ffi::OsString;

use clap::{
    Arg, Command,
    builder::{BoolishValueParser, Resettable, TypedValueParser},
};

/// Makes a variable that is set to nothing count as not set, as container files and service managers expect.
pub(super) fn without_empty_variables(command: Command) -> Command {
    let is_empty =
        |argument: &Arg| argument.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command
        .mut_args(|argument| if is_empty(&argument) { argument.env(Resettable::Reset) } else { argument })
        .mut_subcommands(without_empty_variables)
}

/// Whether JSON is asked for, by a command line that could not be parsed.
pub(super) fn asks_for_json(command: &Command, arguments: &[OsString]) -> bool {
    let variable = std::env::var_os("STREAMER_JSON").filter(|value| !value.is_empty());
    arguments.iter().any(|argument| argument == "--json")
        || variable
            .is_some_and(|value| BoolishValueParser::new().parse_ref(command, None, &value).unwrap_or(false))
}
