use dynamorm::{
    Db,
    embedded::Embedded,
    testing::{Fault, Faults, TestClock},
    transport::{Operation, Transport},
};

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

/// The same over a layer of faults, still without rules.
pub(crate) async fn layered() -> (Db, Faults, Recording) {
    let faults = Faults::over(Embedded::memory().unwrap());
    let recording = Recording::over(faults.clone());
    let db = db(recording.clone());
    db.ensure_table::<Job>().await.unwrap();
    db.ensure_table::<Lease>().await.unwrap();
    recording.take();
    (db, faults, recording)
}

/// Lets the next requests of `operation` go wrong so, one after the other; `None` of them not at all.
pub(crate) fn befall(layer: &Faults, operation: Operation, faults: impl IntoIterator<Item = Option<Fault>>) {
    for (number, fault) in (1..).zip(faults) {
        if let Some(fault) = fault {
            layer.on(operation).nth(number).inject(fault);
        }
    }
}
