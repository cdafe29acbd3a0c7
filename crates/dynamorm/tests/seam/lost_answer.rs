//! A write whose answer is lost after the engine carried it out.

use dynamorm::{Db, ErrorKind, embedded::Embedded};

use crate::{
    fixture::db,
    layer,
    model::{Job, Lease},
};

/// A database whose every answer is lost once, and the same one without losses.
async fn lossy() -> (Db, Db) {
    let engine = Embedded::memory().unwrap();
    let direct = db(engine.clone());
    direct.ensure_table::<Job>().await.unwrap();
    direct.ensure_table::<Lease>().await.unwrap();
    (db(layer::lossy(engine)), direct)
}

mod create {
    use super::*;

    #[tokio::test]
    async fn that_meets_its_own_item_succeeds() {
        let (lossy, direct) = lossy().await;
        let job = Job { tags: ["b".to_owned(), "a".to_owned()].into(), tries: 100, ..Job::new("j") };

        lossy.create(&job).await.unwrap();

        assert_eq!(direct.get(Job::key("j")).await.unwrap(), Some(job));
    }

    #[tokio::test]
    async fn that_meets_its_own_item_returns_it() {
        let (lossy, direct) = lossy().await;

        let written = lossy.create(&Lease::new("l")).returning_new().await.unwrap();

        assert_eq!(written.version, 1);
        assert_eq!(direct.get(Lease::key("l")).await.unwrap(), Some(written));
    }

    #[tokio::test]
    async fn that_meets_the_item_of_another_is_refused() {
        let (lossy, direct) = lossy().await;
        direct.create(&Job { tries: 1, ..Job::new("j") }).await.unwrap();

        let error = lossy.create(&Job::new("j")).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::AlreadyExists);
        assert_eq!(error.stored::<Job>().unwrap().unwrap().tries, 1);
    }

    #[tokio::test]
    async fn that_was_sent_once_is_refused_even_by_an_equal_item() {
        let (_, direct) = lossy().await;
        direct.create(&Job::new("j")).await.unwrap();

        let error = direct.create(&Job::new("j")).await.unwrap_err();

        assert_eq!((error.kind(), error.attempts()), (ErrorKind::AlreadyExists, 1));
    }
}

mod update {
    use super::*;

    #[tokio::test]
    async fn that_counts_is_done_once_and_says_that_it_does_not_know() {
        let (lossy, direct) = lossy().await;
        direct.create(&Job::new("j")).await.unwrap();
        let f = Job::fields();

        let added = lossy.update(Job::key("j")).add(f.tries, 1).await.unwrap_err();
        let appended = lossy.update(Job::key("j")).append(f.steps, vec!["s".to_owned()]).await.unwrap_err();

        assert_eq!((added.kind(), appended.kind()), (ErrorKind::Timeout, ErrorKind::Timeout));
        assert!(added.is_retryable());
        let job = direct.get(Job::key("j")).await.unwrap().unwrap();
        assert_eq!((job.tries, job.steps.len()), (1, 1));
    }

    #[tokio::test]
    async fn that_sets_succeeds() {
        let (lossy, direct) = lossy().await;
        direct.create(&Job::new("j")).await.unwrap();

        let new = lossy.update(Job::key("j")).set(Job::fields().note, "n").returning_new().await.unwrap();

        assert_eq!(direct.get(Job::key("j")).await.unwrap(), Some(new));
    }
}

mod put {
    use super::*;

    #[tokio::test]
    async fn of_a_version_that_meets_its_own_item_succeeds() {
        let (lossy, direct) = lossy().await;
        lossy.put(&Lease::new("l")).await.unwrap();
        let first = direct.get(Lease::key("l")).await.unwrap().unwrap();

        let second = lossy.put(&first).returning_new().await.unwrap();

        assert_eq!((first.version, second.version), (1, 2));
        assert_eq!(direct.get(Lease::key("l")).await.unwrap(), Some(second));
    }

    #[tokio::test]
    async fn of_a_version_that_meets_the_item_of_another_is_refused() {
        let (lossy, direct) = lossy().await;
        direct.put(&Lease { holder: Some("ann".into()), ..Lease::new("l") }).await.unwrap();

        let error = lossy.put(&Lease::new("l")).await.unwrap_err();

        assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    }
}

mod delete {
    use super::*;

    #[tokio::test]
    async fn of_a_version_that_meets_nothing_any_more_succeeds() {
        let (lossy, direct) = lossy().await;
        let lease = direct.create(&Lease::new("l")).returning_new().await.unwrap();

        assert_eq!(lossy.delete(&lease).await.unwrap(), None);

        assert_eq!(direct.get(Lease::key("l")).await.unwrap(), None);
    }
}
