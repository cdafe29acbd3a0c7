//! The rounds of a batch: what an answer leaves out is asked for again, after a pause that grows, and not for ever.

use std::future::Future;

use dynamorm_core::{Error, ErrorKind};
use futures_util::{StreamExt as _, stream::FuturesUnordered};

use crate::{Db, backoff};

/// How many requests are under way at once.
pub(crate) const CONCURRENCY: usize = 4;

/// How many answers in a row may be of no use before what they left out is given up. With pauses of up to 5 s, which
/// double from 50 ms, that is about 12 s at most. An answer that is of some use begins the count anew, so that the number
/// of a request's places bounds its rounds.
pub(crate) const MAX_USELESS_TRIES: u32 = 8;

/// Sends the requests of a batch. A place is the position of one key or write in it.
pub(crate) trait Exchange: Sync {
    /// What an answer holds besides what it left out.
    type Content: Send;

    /// Sends one request for `places`.
    ///
    /// # Errors
    /// When there is no answer that can be understood.
    fn send(&self, places: &[usize]) -> impl Future<Output = Result<Taken<Self::Content>, Error>> + Send;

    /// Says in an error which operation it is of, and the table of `places`.
    fn locate(&self, error: Error, places: &[usize]) -> Error;
}

/// What was taken from an answer.
pub(crate) struct Taken<C> {
    pub(crate) content: C,
    /// The places that it left out: each at most once, and each one that was asked for.
    pub(crate) left: Vec<usize>,
    /// How many times the request was sent.
    pub(crate) attempts: u32,
    /// Capacity units, where the engine says them.
    pub(crate) consumed_capacity: Option<f64>,
}

/// Keeps what became of each place. Whatever happens, and wherever the rounds are dropped, it is up to date.
pub(crate) trait Ledger<C> {
    /// A request for `places` is about to be sent.
    fn sent(&mut self, places: &[usize]);

    /// It was answered; the places in `left` wait for another request.
    fn answered(&mut self, places: &[usize], taken: Taken<C>) -> Vec<usize>;

    /// It was refused as one too many, after so many attempts; all of `places` wait for another request.
    fn held_back(&mut self, places: &[usize], attempts: u32);

    /// The request for `places` failed.
    fn failed(&mut self, places: &[usize], reason: Error);

    /// `places` are given up, after answers that left them out.
    fn given_up(&mut self, places: &[usize], reason: Error);
}

/// Places that one request is for, after so many tries in a row that were of no use.
struct Turn {
    places: Vec<usize>,
    useless_tries: u32,
}

enum Step<C> {
    Paused(Turn),
    Answered(Turn, Result<Taken<C>, Error>),
}

/// Sends `requests`, each the places that it is for, and what their answers leave out, until each place is done or
/// given up.
pub(crate) async fn run<E: Exchange>(
    db: &Db,
    exchange: &E,
    ledger: &mut impl Ledger<E::Content>,
    requests: impl IntoIterator<Item = Vec<usize>>,
) {
    let mut requests = requests.into_iter();
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < CONCURRENCY
            && let Some(places) = requests.next()
        {
            ledger.sent(&places);
            under_way.push(step(db, exchange, Turn { places, useless_tries: 0 }, false));
        }
        let turn = match under_way.next().await {
            None => return,
            Some(Step::Paused(turn)) => {
                ledger.sent(&turn.places);
                under_way.push(step(db, exchange, turn, false));
                continue;
            }
            // What DynamoDB answers in place of leaving out all that a request is for:
            // <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html>.
            Some(Step::Answered(Turn { places, useless_tries }, Err(error)))
                if error.kind() == ErrorKind::Throttled && useless_tries + 1 < MAX_USELESS_TRIES =>
            {
                ledger.held_back(&places, error.attempts());
                Turn { places, useless_tries: useless_tries + 1 }
            }
            Some(Step::Answered(turn, Err(error))) => {
                ledger.failed(&turn.places, error);
                continue;
            }
            Some(Step::Answered(turn, Ok(taken))) => {
                let left = ledger.answered(&turn.places, taken);
                let is_useless = left.len() >= turn.places.len();
                Turn { places: left, useless_tries: if is_useless { turn.useless_tries + 1 } else { 0 } }
            }
        };
        if turn.useless_tries == MAX_USELESS_TRIES {
            let error = exchange.locate(left_out(), &turn.places);
            ledger.given_up(&turn.places, error);
        } else if !turn.places.is_empty() {
            under_way.push(step(db, exchange, turn, true));
        }
    }
}

/// A pause, or a request: one after the other, so that what is under way is known at each moment.
async fn step<E: Exchange>(db: &Db, exchange: &E, turn: Turn, is_pause: bool) -> Step<E::Content> {
    if is_pause {
        backoff::pause(db, turn.useless_tries).await;
        return Step::Paused(turn);
    }
    let result = exchange.send(&turn.places).await;
    Step::Answered(turn, result)
}

fn left_out() -> Error {
    let message = format!("the engine left it out of {MAX_USELESS_TRIES} answers in a row");
    Error::new(ErrorKind::Throttled, message).with_attempts(MAX_USELESS_TRIES)
}
