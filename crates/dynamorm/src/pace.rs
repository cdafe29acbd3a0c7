//! How fast a scan may consume capacity.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep_until};

/// A pause is no longer, whatever the units.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Lets requests go when what went before has been paid for, at so many capacity units a second.
///
/// A request is charged with the most that it may cost when it goes, and given the rest back when it has said what it
/// did cost. So all requests together are never more than one page ahead.
pub(crate) struct Pace {
    units_per_second: f64,
    most_of_a_page: f64,
    /// When everything that was charged is paid for.
    paid_at: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Pace {
    pub(crate) fn new(units_per_second: f64, most_of_a_page: f64) -> Self {
        Self { units_per_second, most_of_a_page, paid_at: None, timer: None }
    }

    /// Waits until a request may go, and charges it.
    pub(crate) fn poll_charge(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let now = Instant::now();
        let paid_at = self.paid_at.unwrap_or(now);
        if paid_at > now {
            // Made anew each time: what was given back since may have brought the instant nearer.
            let timer = self.timer.insert(Box::pin(sleep_until(paid_at)));
            ready!(timer.as_mut().poll(context));
        }
        self.timer = None;
        // Time in which nothing was asked for is not saved up.
        self.paid_at = Some(paid_at.max(now) + self.time_of(self.most_of_a_page));
        Poll::Ready(())
    }

    /// Corrects what a request was charged with; one that does not say what it cost is held to have cost the most.
    pub(crate) fn settle(&mut self, consumed: Option<f64>) {
        if let (Some(paid_at), Some(consumed)) = (self.paid_at, consumed) {
            let unspent = self.most_of_a_page - consumed;
            self.paid_at = if unspent < 0.0 {
                paid_at.checked_add(self.time_of(-unspent))
            } else {
                paid_at.checked_sub(self.time_of(unspent))
            };
        }
    }

    fn time_of(&self, units: f64) -> Duration {
        Duration::try_from_secs_f64(units / self.units_per_second).unwrap_or(LONGEST).min(LONGEST)
    }
}
