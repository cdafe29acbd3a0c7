//! What is measured is what it is said to be.

#![allow(clippy::unwrap_used, reason = "a claim fails by panicking")]

use streamer_bench::{backlog, calls, cost, ended, engine::Engine, lives, sample::TENANT};
use streamer_store::{RequestStatus, StoreFactory};

/// How many requests there are, and how many of them are completed.
async fn completed(stores: &StoreFactory) -> (usize, usize) {
    let requests = stores.requests().by_tenant(TENANT).take(1000).await.unwrap();
    let is_completed = requests.iter().filter(|request| request.status == RequestStatus::Completed);
    (requests.len(), is_completed.count())
}

mod engine {
    use super::*;

    #[test]
    fn is_read_from_a_command_line_as_it_is_written() {
        let engines = [
            Engine::Memory,
            Engine::File("/tmp/a b.db".into()),
            Engine::OneShard("queue.db".into()),
            Engine::DynamoDbLocal("http://127.0.0.1:8000".to_owned()),
        ];

        for engine in engines {
            assert_eq!(engine.to_string().parse::<Engine>().unwrap(), engine);
        }
        assert!("nothing".parse::<Engine>().is_err());
    }
}

mod calls_one_after_the_other {
    use super::*;

    #[tokio::test]
    async fn are_of_every_operation() {
        let stores = Engine::Memory.stores().await.unwrap();

        let latencies = calls::measure(&stores, 2).await.unwrap();

        assert_eq!(latencies.len(), 18);
        assert!(latencies.iter().all(|latency| 0.0 < latency.p50 && latency.p50 <= latency.p99));
    }
}

mod lives_a_second {
    use super::*;

    #[tokio::test]
    async fn leave_nothing_open() {
        let stores = Engine::Memory.stores().await.unwrap();

        lives::per_second(&stores, 21, 2).await.unwrap();

        assert_eq!(completed(&stores).await, (21, 21));
    }
}

mod cost_of_an_operation {
    use super::*;

    #[tokio::test]
    async fn makes_a_life_three_requests_of_twelve_units() {
        let stores = Engine::Memory.stores().await.unwrap();

        let costs = cost::of_each_operation(&stores).await.unwrap();

        let of_life = || costs.iter().filter(|cost| cost::LIFE.contains(&cost.operation.as_str()));
        assert_eq!(of_life().map(|cost| cost.requests).sum::<usize>(), 3);
        assert_eq!(of_life().map(|cost| cost.units).sum::<Option<f64>>(), Some(12.0));
    }
}

mod table_of_ended_requests {
    use super::*;

    #[tokio::test]
    async fn is_one_that_the_stores_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("full.db");

        ended::fill(&file, 50).await.unwrap();

        // The one that was completed, and its copies.
        let stores = Engine::File(file).stores().await.unwrap();
        assert_eq!(completed(&stores).await, (51, 51));
    }

    #[tokio::test]
    async fn is_passed_over_by_a_dequeue() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("full.db");
        ended::fill(&file, 500).await.unwrap();

        let dequeues = backlog::measure(&file, 3).await.unwrap();

        // A look at each shard of high priority, a page of one shard, and the claim: none of them reads what has ended.
        let read = dequeues.read.unwrap();
        assert!((18.0..19.0).contains(&read.requests), "{read:?}");
        assert!(read.scanned <= 16.0, "{read:?}");
    }

    #[tokio::test]
    async fn has_nothing_open_after_it_was_measured() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty.db");

        backlog::measure(&file, 1).await.unwrap();

        // Whatever it finds open the second time it refuses.
        assert!(backlog::measure(&file, 1).await.is_ok());
    }
}
