use dynamorm::transport::Operation;

use crate::{dice::Dice, tally::Happening};

/// What becomes of one request.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub(crate) enum Fate {
    Done,
    LostBefore,
    LostAfter,
    SentTwice,
    Throttled,
    Slow,
    CrashBefore,
    CrashAfter,
}

impl Fate {
    /// What it is counted as.
    pub(crate) fn happening(self) -> Happening {
        match self {
            Self::Done => Happening::Request,
            Self::LostBefore => Happening::LostBefore,
            Self::LostAfter => Happening::LostAfter,
            Self::SentTwice => Happening::SentTwice,
            Self::Throttled => Happening::Throttled,
            Self::Slow => Happening::Slow,
            Self::CrashBefore => Happening::CrashBefore,
            Self::CrashAfter => Happening::CrashAfter,
        }
    }
}

/// Every fault, and how many of 1,000 writes meet it at most.
const FAULTS: [(Fate, u64); 7] = [
    (Fate::LostBefore, 40),
    (Fate::LostAfter, 40),
    (Fate::SentTwice, 60),
    (Fate::Throttled, 20),
    (Fate::Slow, 20),
    (Fate::CrashBefore, 15),
    (Fate::CrashAfter, 25),
];

/// Reads meet so many times fewer faults: a look at an empty queue is nine of them.
const READS_FEWER: u64 = 6;

/// How often each fault happens in one run: some often, some never, so that runs differ.
#[derive(Debug)]
pub(crate) struct Faults([u64; FAULTS.len()]);

impl Faults {
    pub(crate) fn drawn(dice: &Dice) -> Self {
        Self(FAULTS.map(|(_, most)| most * dice.below(5) / 4))
    }

    pub(crate) fn fate(&self, dice: &Dice, operation: Operation) -> Fate {
        let is_write = matches!(operation, Operation::PutItem | Operation::UpdateItem);
        let mut number = dice.below(if is_write { 1_000 } else { 1_000 * READS_FEWER });
        for ((fate, _), often) in FAULTS.into_iter().zip(self.0) {
            match number.checked_sub(often) {
                Some(rest) => number = rest,
                None => return fate,
            }
        }
        Fate::Done
    }
}
