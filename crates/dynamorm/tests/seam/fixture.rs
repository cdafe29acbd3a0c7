use dynamorm::{Db, embedded::Embedded, testing::TestClock, transport::Transport};

use crate::{
    layer::Recording,
    model::{Job, Lease},
};

/// A `Db` over `transport` whose clock stands still.
pub(crate) fn db(transport: impl Transport) -> Db {
    Db::new(transport).with_clock(TestClock::new())
}

/// An embedded database with the models' tables, seen through a recording that begins after they were made.
pub(crate) async fn recorded() -> (Db, Recording) {
    let recording = Recording::over(Embedded::memory().unwrap());
    let db = db(recording.clone());
    db.ensure_table::<Job>().await.unwrap();
    db.ensure_table::<Lease>().await.unwrap();
    recording.take();
    (db, recording)
}
