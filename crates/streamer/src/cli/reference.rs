//! The command line's reference as Markdown, generated from its definition.

use std::fmt::Write as _;

use clap::Command;

/// How wide the help's lines are, whatever the terminal.
const COLUMNS: usize = 100;

/// Renders the help of a command and of all its subcommands, as `docs/cli.md` holds it.
pub fn reference(command: Command) -> String {
    let mut text = String::from(
        "# The command line\n\n\
         Generated from the command's own help; a test compares the two. To write it anew:\n\
         `UPDATE_DOCS=1 cargo test -p streamer --test cli`.\n",
    );
    let mut command = command.disable_help_subcommand(true).term_width(COLUMNS);
    command.build();
    describe(&mut text, &mut command);
    text
}

fn describe(text: &mut String, command: &mut Command) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    // Writing to a `String` cannot fail.
    let _ = write!(text, "\n## `{name}`\n\n```text\n");
    for line in help.trim_end().lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text.push_str("```\n");
    for subcommand in command.get_subcommands_mut() {
        describe(text, subcommand);
    }
}
