//! Sort keys that a template joins: each field is asked for in turn, and every comparison is one range.

#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dynamorm::prelude::*;

#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "jobs",
    key(partition = job_id),
    index(name = "queue-index", partition = queue, sort("S#{status}#AT#{day}#{rank}", attribute = "queue_sk")),
    index(name = "bare-index", partition = queue, sort("{status}#{day}#", attribute = "bare_sk")),
)]
struct Job {
    job_id: String,
    queue: String,
    status: String,
    day: i32,
    rank: u8,
}

async fn db() -> Db {
    let db = Db::memory().unwrap();
    db.ensure_table::<Job>().await.unwrap();
    for status in ["open", "open#", "opened", "ope", ""] {
        for day in [-1, 0, 7] {
            for rank in [0, 9] {
                let job_id = format!("{status} {day} {rank}");
                let job = Job { job_id, queue: "q".to_owned(), status: status.to_owned(), day, rank };
                db.put(&job).await.unwrap();
            }
        }
    }
    db
}

/// Holds that a query finds the jobs that pass the condition, and no others.
macro_rules! finds {
    ($db:expr, $key:expr, $passes:expr) => {
        let passes: fn(&Job) -> bool = $passes;
        let found = $db.query($key).take(99).await.unwrap().items;
        let all = $db.query(Job::by_queue("q")).take(99).await.unwrap().items;
        let expected: Vec<_> = all.into_iter().filter(passes).collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected);
    };
}

#[tokio::test]
async fn is_asked_for_by_its_first_field() {
    let db = db().await;
    let key = || Job::by_queue("q").status();

    finds!(db, key().eq("open"), |job| job.status == "open");
    finds!(db, key().lt("open"), |job| &*job.status < "open");
    finds!(db, key().le("open"), |job| &*job.status <= "open");
    finds!(db, key().gt("open"), |job| &*job.status > "open");
    finds!(db, key().ge("open"), |job| &*job.status >= "open");
    finds!(db, key().begins_with("open"), |job| job.status.starts_with("open"));
}

#[tokio::test]
async fn is_asked_for_by_the_field_behind_one_value() {
    let db = db().await;
    let key = || Job::by_queue("q").status().eq("open").day();

    finds!(db, key().eq(0), |job| job.status == "open" && job.day == 0);
    finds!(db, key().lt(0), |job| job.status == "open" && job.day < 0);
    finds!(db, key().le(0), |job| job.status == "open" && job.day <= 0);
    finds!(db, key().gt(-1), |job| job.status == "open" && job.day > -1);
    finds!(db, key().ge(0), |job| job.status == "open" && job.day >= 0);
    finds!(db, key().between(-1, 0), |job| job.status == "open" && job.day < 1);
}

#[tokio::test]
async fn is_asked_for_by_its_last_field() {
    let db = db().await;
    let key = || Job::by_queue("q").status().eq("").day().eq(7).rank();

    finds!(db, key().eq(9), |job| job.status.is_empty() && job.day == 7 && job.rank == 9);
    finds!(db, key().le(8), |job| job.status.is_empty() && job.day == 7 && job.rank < 9);
    finds!(db, key().gt(0), |job| job.status.is_empty() && job.day == 7 && job.rank > 0);
}

#[tokio::test]
async fn may_begin_and_end_with_anything() {
    let db = db().await;
    let key = || Job::by_bare("q").status();

    finds!(db, key().le(""), |job| job.status.is_empty());
    finds!(db, key().eq("").day().lt(7), |job| job.status.is_empty() && job.day < 7);
    assert_eq!(db.query(key().lt("")).count().await.unwrap(), 0);
}
