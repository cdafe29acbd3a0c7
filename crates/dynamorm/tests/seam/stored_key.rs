//! Items that another program stored under other keys than their fields say.

use dynamorm::prelude::*;

use crate::{fixture::recorded, model::Job};

/// A job as such a program writes it.
#[derive(Debug, Default, Model)]
#[dynamorm(table = "jobs", key(partition = "JOB#{stored_id}", sort = "METADATA"))]
struct Moved {
    stored_id: String,
    job_id: String,
    owner: String,
    created: u64,
    site: String,
    room: String,
    tries: i64,
    steps: Vec<String>,
    labels: BTreeMap<String, String>,
}

impl Moved {
    fn new(stored_id: &str, job_id: &str) -> Self {
        Self { stored_id: stored_id.into(), job_id: job_id.into(), owner: "ann".into(), ..Self::default() }
    }
}

#[derive(Debug, PartialEq, Projection)]
#[dynamorm(model = Job)]
struct JobId {
    job_id: String,
}

mod batch_get {
    use super::*;

    #[tokio::test]
    async fn gives_an_item_under_the_key_that_it_is_stored_under() {
        let (db, _) = recorded().await;
        db.put(&Moved::new("a", "b")).await.unwrap();

        let got = db.batch_get(["a", "b"].map(Job::key)).await.unwrap();

        assert_eq!((got.found.len(), got.missing), (1, vec![Job::key("b")]));
    }

    #[tokio::test]
    async fn gives_two_items_that_say_the_same_key() {
        let (db, _) = recorded().await;
        db.put(&Moved::new("a", "b")).await.unwrap();
        db.put(&Job::new("b")).await.unwrap();

        let got = db.batch_get(["a", "b"].map(Job::key)).await.unwrap();

        assert_eq!((got.found.len(), got.missing.len()), (2, 0));
    }

    #[tokio::test]
    async fn projects_items_by_the_keys_that_they_are_stored_under() {
        let (db, _) = recorded().await;
        db.put(&Moved::new("a", "c")).await.unwrap();
        db.put(&Job::new("b")).await.unwrap();

        let got = db.batch_get(["b", "c", "a"].map(Job::key)).project::<JobId>().await.unwrap();

        assert_eq!(got.found, ["b", "c"].map(|id| JobId { job_id: id.into() }));
        assert_eq!(got.missing, [Job::key("c")]);
    }
}

mod checkpoint_of_segments {
    use super::*;

    #[tokio::test]
    async fn goes_on_after_the_key_that_the_last_item_is_stored_under() {
        let (db, _) = recorded().await;
        for number in 0..20 {
            db.put(&Moved::new(&format!("k {number}"), &format!("z{}", 7 * number % 20))).await.unwrap();
        }
        let scan = || db.scan::<Job>().segments(1);

        for taken in 1..20 {
            let mut stream = scan().stream();
            let mut ids = Vec::new();
            for _ in 0..taken {
                ids.push(stream.try_next().await.unwrap().unwrap().job_id);
            }
            let rest = scan().resume(stream.checkpoint()).stream().collect_up_to(99).await.unwrap();
            ids.extend(rest.into_iter().map(|job| job.job_id));

            ids.sort_unstable();
            ids.dedup();
            assert_eq!((ids.len(), taken), (20, taken));
        }
    }
}
