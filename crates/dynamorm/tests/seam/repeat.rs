//! Which requests may be sent again when their answer is lost.

use std::collections::BTreeSet;

use dynamorm::{prelude::*, transport::Repeat};

use crate::{
    fixture::recorded,
    layer::Recording,
    model::{Job, Lease},
};

fn repeats(recording: &Recording) -> Vec<Repeat> {
    recording.take().iter().map(|call| call.repeat).collect()
}

fn tag() -> BTreeSet<String> {
    ["t".to_owned()].into()
}

mod update {
    use super::*;

    #[tokio::test]
    async fn that_counts_or_inserts_is_not_repeated() {
        let (db, recording) = recorded().await;
        let job = Job { steps: vec!["a".into(), "b".into()], ..Job::new("j") };
        db.create(&job).await.unwrap();
        recording.take();
        let (update, f) = (|| db.update(Job::key("j")), Job::fields());

        update().add(f.tries, 1).await.unwrap();
        update().subtract(f.tries, 1).await.unwrap();
        update().append(f.steps, vec!["c".to_owned()]).await.unwrap();
        update().prepend(f.steps, vec!["c".to_owned()]).await.unwrap();
        update().remove(f.steps.at(0)).await.unwrap();
        update().add(f.tries, 1).set(f.note, "n").await.unwrap();

        assert_eq!(repeats(&recording), [Repeat::Unsafe; 6]);
    }

    #[tokio::test]
    async fn that_sets_or_removes_may_be_repeated() {
        let (db, recording) = recorded().await;
        db.create(&Job::new("j")).await.unwrap();
        recording.take();
        let (update, f) = (|| db.update(Job::key("j")), Job::fields());

        update().set(f.note, "n").await.unwrap();
        update().set(f.note, None::<String>).await.unwrap();
        update().set_if_absent(f.note, "n").await.unwrap();
        update().remove(f.note).await.unwrap();
        update().delete(f.tags, tag()).await.unwrap();
        update().set(f.labels.entry("l"), "x").await.unwrap();
        update().remove(f.labels.entry("l")).await.unwrap();

        assert_eq!(repeats(&recording), [Repeat::Safe; 7]);
    }

    #[tokio::test]
    async fn whose_second_run_finds_what_the_first_one_left_is_not_repeated() {
        let (db, recording) = recorded().await;
        db.create(&Job { steps: vec!["a".into()], ..Job::new("j") }).await.unwrap();
        let lease = db.create(&Lease::new("l")).returning_new().await.unwrap();
        recording.take();
        let (update, f) = (|| db.update(Job::key("j")), Job::fields());

        update().set(f.steps.at(100), "past the end").await.unwrap();
        update().set(f.tries, f.tries).await.unwrap();
        update().set(f.note, "n").returning_old().await.unwrap();
        db.update(Lease::key("l")).set(Lease::fields().holder, "h").unchanged_since(&lease).await.unwrap();

        assert_eq!(repeats(&recording), [Repeat::Unsafe; 4]);
    }
}

mod other_verbs {
    use super::*;

    #[tokio::test]
    async fn may_be_repeated() {
        let (db, recording) = recorded().await;

        db.create(&Job::new("j")).await.unwrap();
        db.put(&Job::new("j")).await.unwrap();
        db.get(Job::key("j")).await.unwrap();
        db.query(Job::by_owner("ann")).take(1).await.unwrap();
        db.scan::<Job>().page().await.unwrap();
        db.delete(Job::key("j")).await.unwrap();

        assert_eq!(repeats(&recording), [Repeat::Safe; 6]);
    }
}
