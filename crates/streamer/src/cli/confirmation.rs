use std::io::{self, IsTerminal, Write as _};

use crate::error::{Error, ErrorKind, Result};

/// Asks whoever sits at the terminal; refuses where nobody does, and on every answer but yes.
///
/// `danger` says what would be done, for the refusal.
pub(super) fn confirm(danger: &str, question: &str) -> Result<()> {
    if !io::stdin().is_terminal() {
        return Err(Error::configuration(format!("{danger} and nobody can be asked; give `--yes`")));
    }
    let mut answer = String::new();
    write!(io::stderr(), "{question} [y/N] ")
        .and_then(|()| io::stdin().read_line(&mut answer))
        .map_err(|error| Error::new(ErrorKind::Failed, "the question got no answer").caused_by(error))?;
    if matches!(answer.trim(), "y" | "Y" | "yes") {
        Ok(())
    } else {
        Err(Error::new(ErrorKind::Failed, "nothing was removed"))
    }
}
