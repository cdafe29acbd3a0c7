use std::{collections::HashSet, sync::Arc};

use dynamorm_core::{
    Error, ErrorKind,
    transport::{BoxFuture, Operation},
    wire::{Answer, Unprocessed, batch_write_item as wire},
};

use super::{
    batch_written::{BatchWritten, Unwritten},
    writes::{self, Planned, Writes},
};
use crate::{
    Db,
    rounds::{self, Exchange, Ledger, Taken},
};

/// A batch of writes that knows what became of each: what [`BatchWrite::start`](super::BatchWrite::start) returns.
///
/// [`run`](Self::run) writes it. Its future may be dropped at any moment: [`outcome`](Self::outcome) then says of each
/// write whether it is done, is not, or is in doubt since its request was under way.
#[must_use = "nothing is sent until it is run"]
pub struct BatchWriting {
    db: Db,
    writes: Writes,
    progress: Vec<Progress>,
}

impl std::fmt::Debug for BatchWriting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchWriting").field("writes", &self.progress.len()).finish_non_exhaustive()
    }
}

/// What is known of one write.
#[derive(Clone, Debug)]
struct Progress {
    state: State,
    /// Whether an earlier request may have done it.
    is_in_doubt: bool,
}

#[derive(Clone, Debug)]
enum State {
    Unsent,
    UnderWay,
    Written,
    Failed(Arc<Error>),
}

impl BatchWriting {
    pub(super) fn new(db: Db, writes: Writes) -> Self {
        let unsent = |planned: &Planned| Progress { state: State::Unsent, is_in_doubt: planned.is_in_doubt };
        Self { progress: writes.values().map(unsent).collect(), db, writes }
    }

    /// Sends what is not written: all of it at first, later what is left. Gives what became of all, as
    /// [`outcome`](Self::outcome) does.
    ///
    /// Run again, it sends once more what failed and what is in doubt, as it was; a put overwrites what others have
    /// written since.
    pub fn run(&mut self) -> BoxFuture<'_, BatchWritten> {
        Box::pin(async move {
            for progress in &mut self.progress {
                progress.begin_again();
            }
            let Self { db, writes, progress } = self;
            let unwritten: Vec<_> =
                (0..writes.len()).filter(|place| !progress[*place].is_written()).collect();
            rounds::run(db, &Sender { db, writes }, progress, writes::requests(writes, unwritten)).await;
            self.outcome()
        })
    }

    /// What is known of the writes so far. No request.
    pub fn outcome(&self) -> BatchWritten {
        let mut outcome = BatchWritten { written: 0, unwritten: Vec::new() };
        let (mut unsent, mut under_way) = (None, None);
        for (place, progress) in self.progress.iter().enumerate() {
            let reason = match &progress.state {
                State::Written => {
                    outcome.written += 1;
                    continue;
                }
                State::Failed(reason) => reason,
                State::Unsent => unsent.get_or_insert_with(|| {
                    interrupted("the batch was stopped before it was sent, or sent again")
                }),
                State::UnderWay => under_way.get_or_insert_with(|| {
                    interrupted(
                        "the batch was stopped while it was under way; whether it was written is unknown",
                    )
                }),
            };
            outcome.unwritten.push(Unwritten::new(
                Arc::clone(&self.writes.get(place).write),
                Arc::clone(reason),
                progress.is_in_doubt || matches!(progress.state, State::UnderWay),
            ));
        }
        outcome
    }
}

impl Progress {
    fn is_written(&self) -> bool {
        matches!(self.state, State::Written)
    }

    fn begin_again(&mut self) {
        self.is_in_doubt |= matches!(self.state, State::UnderWay);
        if !self.is_written() {
            self.state = State::Unsent;
        }
    }
}

impl Ledger<()> for Vec<Progress> {
    fn sent(&mut self, places: &[usize]) {
        places.iter().for_each(|place| self[*place].state = State::UnderWay);
    }

    fn answered(&mut self, places: &[usize], taken: Taken<()>) -> Vec<usize> {
        places.iter().for_each(|place| self[*place].state = State::Written);
        // An attempt before the one that was answered may have done what this one left out.
        self.held_back(&taken.left, taken.attempts);
        taken.left
    }

    fn held_back(&mut self, places: &[usize], attempts: u32) {
        for place in places {
            let progress = &mut self[*place];
            progress.is_in_doubt |= attempts > 1;
            progress.state = State::Unsent;
        }
    }

    fn failed(&mut self, places: &[usize], reason: Error) {
        let is_in_doubt = !is_surely_undone(&reason);
        places.iter().for_each(|place| self[*place].is_in_doubt |= is_in_doubt);
        self.given_up(places, reason);
    }

    fn given_up(&mut self, places: &[usize], reason: Error) {
        let reason = Arc::new(reason);
        places.iter().for_each(|place| self[*place].state = State::Failed(Arc::clone(&reason)));
    }
}

/// Whether a request that failed this way has written nothing. An earlier attempt may have, whatever became of the last.
fn is_surely_undone(error: &Error) -> bool {
    error.attempts() <= 1
        && matches!(
            error.kind(),
            ErrorKind::Validation
                | ErrorKind::TableNotFound
                | ErrorKind::TableConflict
                | ErrorKind::Throttled
                | ErrorKind::Denied
                | ErrorKind::Unsupported
        )
}

fn interrupted(message: &'static str) -> Arc<Error> {
    Arc::new(Error::new(ErrorKind::Interrupted, message).during(Operation::BatchWriteItem, &"".into()))
}

struct Sender<'a> {
    db: &'a Db,
    writes: &'a Writes,
}

impl Exchange for Sender<'_> {
    type Content = ();

    async fn send(&self, places: &[usize]) -> Result<Taken<()>, Error> {
        let read = |body: &[u8]| wire::response(body, |name| self.writes.definition_of(name));
        let Answer { value, attempts, consumed_capacity } =
            self.db.send(writes::call(self.writes, places), read).await?;
        let mut waited_for: HashSet<usize> = places.iter().copied().collect();
        let place_of = |write: Unprocessed| self.writes.place_of(&write.table, write.key);
        let left: Option<Vec<usize>> =
            value.into_iter().map(|write| place_of(write).filter(|place| waited_for.remove(place))).collect();
        // A request names each table once, whatever the order of the answer.
        let mut left = left.ok_or_else(|| self.locate(unasked(), places))?;
        left.sort_unstable();
        Ok(Taken { content: (), left, attempts, consumed_capacity })
    }

    fn locate(&self, error: Error, places: &[usize]) -> Error {
        error.during(Operation::BatchWriteItem, &self.writes.table_of(places))
    }
}

fn unasked() -> Error {
    Error::new(ErrorKind::Decode, "the answer names a write that was not asked for")
}
