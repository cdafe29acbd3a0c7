use std::{sync::Arc, time::Duration};

use dynamorm_core::{Error, ErrorKind, transport::Operation};
use tokio::time::{Instant, sleep};

/// The first pause between two looks at a table that changes; it doubles up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A bounded wait with growing pauses, for a table that changes.
#[derive(Debug)]
pub(crate) struct Patience {
    within: Duration,
    /// `None` where the time is beyond what the clock can say.
    deadline: Option<Instant>,
    pause: Duration,
}

impl Patience {
    pub(crate) fn new(within: Duration) -> Self {
        Self { within, deadline: Instant::now().checked_add(within), pause: FIRST_PAUSE }
    }

    /// Begins with short pauses again: something has moved.
    pub(crate) fn refresh(&mut self) {
        self.pause = FIRST_PAUSE;
    }

    /// Waits a little.
    ///
    /// # Errors
    /// [`ErrorKind::Timeout`] once the time is used up, which says that `what` was waited for.
    pub(crate) async fn pause(
        &mut self,
        table: &Arc<str>,
        what: impl FnOnce() -> String,
    ) -> Result<(), Error> {
        if self.deadline.is_some_and(|deadline| Instant::now() + self.pause > deadline) {
            let message = format!("{} after {:?}; the same call goes on from here", what(), self.within);
            return Err(Error::new(ErrorKind::Timeout, message).during(Operation::DescribeTable, table));
        }
        sleep(self.pause).await;
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
        Ok(())
    }
}
