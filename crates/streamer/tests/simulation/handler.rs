use std::{future::pending, time::Duration};

use dynamorm::Timestamp;
use serde::{Deserialize, Serialize};
use streamer::handler::{Context, Handler, HandlerError};
use streamer_store::MAX_CLOCK_SKEW;

use crate::{
    dice::Dice, gate::Gate, history::GIVEN_UP_AFTER, process::Process, tally::Happening, time::Time,
    wait::Turn, world::LEASE,
};

/// What the `brief` handler may take; a third of its requests would take forever.
const BRIEF_TIME: Duration = Duration::from_secs(8);

/// Which requests a handler carries out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// In a few steps, some longer than the lease.
    Count,
    /// The same, or never: it has a time limit.
    Brief,
    /// At once.
    Quick,
    /// As `Count`, after some leases.
    Long,
}

/// Carries requests out as the dice fall.
pub(crate) struct Dicing {
    pub(crate) kind: Kind,
    pub(crate) dice: Dice,
    pub(crate) time: Time,
    pub(crate) gate: Gate,
    pub(crate) process: Process,
}

#[derive(Deserialize)]
pub(crate) struct Nothing {}

#[derive(Serialize)]
pub(crate) struct Done {
    done: bool,
}

#[derive(Serialize)]
struct Step {
    step: u64,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Count, Self::Brief, Self::Quick, Self::Long];

    pub(crate) fn action(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Brief => "brief",
            Self::Quick => "quick",
            Self::Long => "long",
        }
    }
}

impl Handler for Dicing {
    type Payload = Nothing;
    type Output = Done;

    fn action(&self) -> &str {
        self.kind.action()
    }

    fn time_limit(&self) -> Duration {
        if self.kind == Kind::Brief { BRIEF_TIME } else { Duration::from_secs(900) }
    }

    async fn handle(&self, _: Nothing, context: &Context) -> Result<Done, HandlerError> {
        let mut attempt = Attempt::begin(self, context);
        let outcome = self.carry_out(&attempt, context).await;
        attempt.is_over = true;
        match outcome? {
            0 => Err(HandlerError::fail("no luck")),
            1 => Err(HandlerError::retry("no luck yet")),
            2 => Err(HandlerError::retry("no luck yet").after(Duration::from_secs(self.dice.below(20)))),
            3 => panic!("a handler breaks off"),
            _ => Ok(Done { done: true }),
        }
    }
}

impl Dicing {
    /// Goes on in a few steps. Gives a number that says how it ends.
    async fn carry_out(&self, attempt: &Attempt<'_>, context: &Context) -> Result<u64, HandlerError> {
        if self.kind == Kind::Quick {
            return Ok(u64::MAX);
        }
        if self.kind == Kind::Long {
            self.last(2 * LEASE.as_secs() + self.dice.below(10), attempt).await;
        }
        for step in 1..=self.dice.below(5) {
            match self.dice.below(8) {
                0..3 => self.time.sleep(Duration::from_millis(self.dice.below(3_000))).await,
                3..5 => context.progress(u8::try_from(step * 20 + self.dice.below(20)).unwrap()),
                5 => context.save_checkpoint(&Step { step }).await?,
                6 => Turn::default().await,
                _ => self.last(self.dice.below(5 * LEASE.as_secs()), attempt).await,
            }
            attempt.check();
        }
        if self.kind == Kind::Brief && self.dice.once_in(3) {
            pending::<()>().await;
        }
        Ok(self.dice.below(14))
    }

    /// Takes so many seconds, and looks at each whether it still may.
    async fn last(&self, seconds: u64, attempt: &Attempt<'_>) {
        for _ in 0..seconds {
            self.time.sleep(Duration::from_secs(1)).await;
            attempt.check();
        }
    }
}

/// One attempt of a handler, as it sees it.
struct Attempt<'a> {
    handler: &'a Dicing,
    context: Context,
    name: String,
    /// Whether nothing has gone wrong since before it was claimed.
    is_calm: bool,
    is_over: bool,
}

impl<'a> Attempt<'a> {
    fn begin(handler: &'a Dicing, context: &Context) -> Self {
        let name = format!("REQ#{}#{}", context.tenant_id(), context.request_id());
        let number = context.attempt().into();
        handler.gate.count(Happening::Attempt);
        let lease_until = handler.gate.histories(|histories| {
            histories.begun(&name, number);
            histories.last(&name).and_then(|seen| seen.lease_until.parse::<Timestamp>().ok())
        });
        // The clock by which the lease was taken may be ahead.
        let claimed = lease_until.and_then(|until| until.checked_sub(LEASE + MAX_CLOCK_SKEW));
        let is_calm = claimed.is_some_and(|claimed| handler.gate.is_calm_since(claimed));
        Self { handler, context: context.clone(), name, is_calm, is_over: false }
    }

    fn number(&self) -> u64 {
        self.context.attempt().into()
    }

    /// A request that someone else has, or no one, is given up in time.
    fn check(&self) {
        let now = self.handler.time.now();
        let paused_until = self.handler.process.paused_until();
        // What it does after a pause it does before it knows.
        if paused_until.is_some_and(|end| now.saturating_duration_since(end) < GIVEN_UP_AFTER) {
            return;
        }
        self.handler.gate.histories(|histories| histories.goes_on(&self.name, self.number(), now));
    }
}

/// It was broken off, unless it is over.
impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        let (number, Self { handler, name, .. }) = (self.number(), &*self);
        if self.is_over || handler.process.is_crashed() {
            return;
        }
        if self.context.is_cancelled() {
            handler.gate.count(Happening::BrokenOffByLoss);
            handler.gate.histories(|histories| histories.lost(name, number, self.is_calm));
        } else if handler.process.stop().is_cancelled() && handler.kind != Kind::Brief {
            handler.gate.count(Happening::BrokenOffByStop);
            handler.gate.histories(|histories| histories.stopped(name, number));
        } else if handler.kind == Kind::Brief {
            handler.gate.count(Happening::TimeOver);
        }
    }
}
