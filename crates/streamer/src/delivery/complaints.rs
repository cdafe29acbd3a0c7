//! What the log is told of a look that goes wrong again and again.

use streamer_store::Error;

/// Tells the log once of what goes wrong, until it goes well again: it would fill it for as long as it lasts. An outage and
/// an item that cannot be read are told of apart, since one may go on for days in which the other comes and goes.
#[derive(Debug)]
pub(super) struct Complaints {
    consequence: &'static str,
    has_outage: bool,
    has_unreadable: bool,
}

impl Complaints {
    /// Of looks whose failure has this consequence.
    pub(super) fn new(consequence: &'static str) -> Self {
        Self { consequence, has_outage: false, has_unreadable: false }
    }

    /// Notes how a look went.
    pub(super) fn note<T>(&mut self, looked: &Result<T, Error>) {
        let consequence = self.consequence;
        match looked {
            Ok(_) => (self.has_outage, self.has_unreadable) = (false, false),
            Err(error) if error.is_retryable() => {
                if !std::mem::replace(&mut self.has_outage, true) {
                    tracing::warn!(%error, "{consequence}: the store does not answer");
                }
            }
            Err(error) => {
                self.has_outage = false;
                if !std::mem::replace(&mut self.has_unreadable, true) {
                    tracing::warn!(%error, "{consequence}: something in the store cannot be read");
                }
            }
        }
    }
}
