use std::{collections::BTreeMap, fmt};

/// How often each thing happened that runs are about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally(BTreeMap<Happening, u64>);

/// A thing that runs are about. A simulation in which one does not happen shows nothing of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Happening {
    /// A request that is carried out as it should be.
    Request,
    LostBefore,
    LostAfter,
    SentTwice,
    Throttled,
    Slow,
    CrashBefore,
    CrashAfter,
    Pause,
    GoodOrderStop,
    EngineRestart,
    Attempt,
    BrokenOffByStop,
    BrokenOffByLoss,
    TimeOver,
}

impl Happening {
    const ALL: [Self; 15] = [
        Self::Request,
        Self::LostBefore,
        Self::LostAfter,
        Self::SentTwice,
        Self::Throttled,
        Self::Slow,
        Self::CrashBefore,
        Self::CrashAfter,
        Self::Pause,
        Self::GoodOrderStop,
        Self::EngineRestart,
        Self::Attempt,
        Self::BrokenOffByStop,
        Self::BrokenOffByLoss,
        Self::TimeOver,
    ];
}

impl Tally {
    pub(crate) fn count(&mut self, happening: Happening) {
        *self.0.entry(happening).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (happening, count) in &other.0 {
            *self.0.entry(*happening).or_default() += count;
        }
    }

    /// What never happened.
    pub(crate) fn missing(&self) -> Option<Happening> {
        Happening::ALL.into_iter().find(|happening| !self.0.contains_key(happening))
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (happening, count)) in self.0.iter().enumerate() {
            let between = if place == 0 { "" } else { ", " };
            write!(f, "{between}{happening:?} {count}")?;
        }
        Ok(())
    }
}
