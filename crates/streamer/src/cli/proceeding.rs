//! How far a request is, for people: a line, or a bar on a terminal.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// What is shown of a request that is followed.
pub(super) struct Proceeding<'a> {
    /// The status, in the store's words.
    pub(super) status: &'a str,
    pub(super) percentage: u8,
    /// What it is doing, or why it failed; printable.
    pub(super) said: Option<String>,
}

impl Proceeding<'_> {
    /// One line for people.
    pub(super) fn to_line(&self) -> String {
        let mut line = format!("{:<10}  {:>3} %", self.status, self.percentage);
        if let Some(said) = &self.said {
            line.push_str("  ");
            line.push_str(said);
        }
        line.push('\n');
        line
    }
}

/// The progress of a request on a terminal.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(100), ProgressDrawTarget::stdout());
        // A template that is refused would leave the bar in its usual style.
        if let Ok(style) = ProgressStyle::with_template("{prefix:10} {bar:32} {pos:>3} %  {wide_msg}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    pub(super) fn show(&self, proceeding: &Proceeding<'_>) {
        self.0.set_prefix(proceeding.status.to_owned());
        self.0.set_message(proceeding.said.clone().unwrap_or_default());
        self.0.set_position(u64::from(proceeding.percentage));
    }

    /// Takes it off the terminal.
    pub(super) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
