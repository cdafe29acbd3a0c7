use std::{
    collections::BTreeMap,
    fmt,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use dynamorm::{Clock as _, Timestamp, testing::TestClock};

/// Virtual time: a clock that the scheduler moves, and who waits for it. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Time {
    clock: TestClock,
    waiting: Arc<Mutex<Waiting>>,
}

/// Who waits for which instant; those who wait for the same one in the order in which they came.
#[derive(Debug, Default)]
struct Waiting {
    wakers: BTreeMap<(Timestamp, u64), Waker>,
    count: u64,
}

impl Time {
    pub(crate) fn clock(&self) -> &TestClock {
        &self.clock
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Completes once so much time has passed.
    pub(crate) fn sleep(&self, duration: Duration) -> Sleep {
        Sleep { time: self.clone(), end: self.now().saturating_add(duration), place: None }
    }

    /// The next instant that someone waits for.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.waiting.lock().unwrap().wakers.keys().next().map(|(instant, _)| *instant)
    }

    /// Moves on by so much, and wakes who waited for that.
    pub(crate) fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
        let due = {
            let mut waiting = self.waiting.lock().unwrap();
            let later = waiting.wakers.split_off(&(self.now(), u64::MAX));
            std::mem::replace(&mut waiting.wakers, later)
        };
        due.into_values().for_each(Waker::wake);
    }
}

/// Waits for an instant.
pub(crate) struct Sleep {
    time: Time,
    end: Timestamp,
    place: Option<(Timestamp, u64)>,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.time.now() >= self.end {
            return Poll::Ready(());
        }
        let time = self.time.clone();
        let mut waiting = time.waiting.lock().unwrap();
        let place = self.place.unwrap_or_else(|| {
            waiting.count += 1;
            (self.end, waiting.count)
        });
        waiting.wakers.insert(place, context.waker().clone());
        self.place = Some(place);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(place) = self.place {
            self.time.waiting.lock().unwrap().wakers.remove(&place);
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("end", &self.end).finish_non_exhaustive()
    }
}
