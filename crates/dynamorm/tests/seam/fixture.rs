use dynamorm::{Clock, Db, Timestamp, embedded::Embedded, transport::Transport};

use crate::{
    layer::Recording,
    model::{Job, Lease},
};

/// A clock that stands still: 2100-01-01.
#[derive(Debug)]
struct Still;

impl Clock for Still {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(4_102_444_800).unwrap()
    }
}

/// A `Db` over `transport` whose clock stands still.
pub(crate) fn db(transport: impl Transport) -> Db {
    Db::new(transport).with_clock(Still)
}

/// An embedded database with the models' tables, seen through a recording that begins after they were made.
pub(crate) async fn recorded() -> (Db, Recording<Embedded>) {
    let recording = Recording::over(Embedded::memory().unwrap());
    let db = db(recording.clone());
    db.ensure_table::<Job>().await.unwrap();
    db.ensure_table::<Lease>().await.unwrap();
    recording.take();
    (db, recording)
}
