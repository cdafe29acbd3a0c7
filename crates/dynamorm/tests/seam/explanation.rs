//! `.explain()` gives the request that is sent, byte for byte.

use dynamorm::prelude::*;

use crate::{
    fixture::recorded,
    model::{Job, Lease},
};

#[derive(Debug, Projection)]
#[dynamorm(model = Lease)]
#[allow(dead_code, reason = "asked for, and not looked at")]
struct Holder {
    holder: Option<String>,
}

/// Checks that a builder explains what it then sends first.
macro_rules! explains {
    ($recording:ident, $builder:expr) => {
        sends!($recording, $builder.explain().unwrap(), $builder)
    };
}

/// Checks that the first request which a builder sends is this one.
macro_rules! sends {
    ($recording:ident, $explanation:expr, $builder:expr) => {{
        let explained = &$explanation;
        // A refusal by the engine comes after the request as well.
        let _outcome = $builder.await;
        let sent = $recording.take();
        let first = sent.first().expect(stringify!($builder));
        assert_eq!(explained.request(), &first.body, "{}", stringify!($builder));
        assert_eq!(explained.operation(), first.operation);
        assert_eq!((explained.table(), explained.index()), (&*first.table, first.index));
    }};
}

#[tokio::test]
async fn equals_what_item_verbs_send() {
    let (db, recording) = recorded().await;
    let (job, f) = (Job::new("j"), Job::fields());

    explains!(recording, db.create(&job));
    explains!(recording, db.create(&job).returning_new());
    explains!(recording, db.put(&job).only_if(f.note.not_exists()));
    explains!(recording, db.put(&job).returning_old());
    explains!(recording, db.get(Job::key("j")).consistent());
    explains!(recording, db.update(Job::key("j")).set(f.note, "n").add(f.tries, 2).returning_old());
    explains!(recording, db.update(Job::key("j")).rekey(&job).set(f.room, "r").only_if(f.tries.gt(1)));
    explains!(recording, db.upsert(&job).set(f.note, "n"));
    explains!(recording, db.delete(&job).only_if(f.tries.gt(1).or(f.note.exists())));
    explains!(recording, db.put(&Lease::new("l")));
    explains!(recording, db.update(Lease::key("l")).set(Lease::fields().holder, "h"));
}

#[tokio::test]
async fn equals_what_reads_send() {
    let (db, recording) = recorded().await;
    let f = Job::fields();

    explains!(recording, db.query(Job::by_owner("ann").created().ge(3_u64)).descending().page_size(2).page());
    explains!(recording, db.query(Job::by_owner("ann")).filter(f.note.eq("n")).take(3));
    explains!(recording, db.query(Job::by_owner("ann")).take(3));
    explains!(recording, db.query(Job::by_place("s", "r")).filter(f.tries.eq(1)).count());
    explains!(recording, db.query(Job::partition("j")).consistent().page());
    explains!(recording, db.scan::<Job>().filter(f.tries.eq(1)).page());
    explains!(recording, db.scan::<Lease>().page());
}

#[tokio::test]
async fn equals_what_batches_of_reads_send() {
    let (db, recording) = recorded().await;
    let keys = || ["a", "b", "a"].map(Lease::key);

    sends!(recording, db.batch_get(keys()).explain().unwrap()[0], db.batch_get(keys()));
    let projected = || db.batch_get(keys()).project::<Holder>().consistent();
    sends!(recording, projected().explain().unwrap()[0], projected());
}

#[tokio::test]
async fn equals_what_table_verbs_send() {
    let (db, recording) = recorded().await;
    let new = db.clone().with_table_prefix("new-");

    sends!(recording, db.list_tables().explain(), db.list_tables());
    sends!(recording, db.delete_table::<Job>("jobs").explain(), db.delete_table::<Job>("jobs"));
    let create = new.ensure_table::<Job>().explain();
    new.ensure_table::<Job>().await.unwrap();

    // The table is looked for before it is made.
    assert_eq!(recording.take()[1].body, create.request());
}

#[tokio::test]
async fn sends_nothing() {
    let (db, recording) = recorded().await;

    db.create(&Job::new("j")).explain().unwrap();
    db.query(Job::by_owner("ann")).explain().unwrap();

    assert_eq!(recording.count(), 0);
}

#[test]
fn shows_values_to_people_and_not_to_logs() {
    let db = dynamorm::Db::new(crate::layer::Scripted::default());
    let job = Job { note: Some("open sesame".into()), ..Job::new("j") };

    let explanation = db.create(&job).explain().unwrap();

    assert!(explanation.to_string().contains("open sesame"));
    assert!(!format!("{explanation:?}").contains("sesame"));
}
