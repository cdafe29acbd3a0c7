use std::future::Future;

use dynamorm::{Db, prelude::*};

use crate::{item::Client, server::Server};

/// What a batch reads of each item.
#[derive(Projection)]
#[dynamorm(model = Client)]
#[allow(dead_code, reason = "read, and then dropped")]
struct Address {
    domain_name: String,
    source_ip: String,
}

/// Allocations of one call, once connections, keys and caches are there: those of most of twenty.
fn count<F: Future>(call: impl Fn(Db) -> F) -> u64 {
    let server = Server::start();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let db = runtime.block_on(server.db());
    for _ in 0..20 {
        runtime.block_on(call(db.clone()));
    }
    let counts: Vec<_> = (0..20)
        .map(|_| {
            let counted = allocation_counter::measure(|| {
                runtime.block_on(call(db.clone()));
            });
            counted.count_total
        })
        .collect();
    // A collection that grows makes one more now and then.
    let mut counts = counts;
    counts.sort_unstable();
    counts[counts.len() / 2]
}

#[test]
fn of_a_put_are_at_most_128() {
    let client = Client::new(1);

    let count = count(|db| {
        let client = client.clone();
        async move { db.put(&client).await.unwrap() }
    });

    // The clone of the item, 8 texts and a map of 4, is the test's.
    assert!(count <= 128 + 17, "{count}");
}

#[test]
fn of_a_get_are_at_most_148() {
    let count =
        count(
            |db| async move { db.get(Client::key("001003", "L0SM9cOFvHcCI0001=")).await.unwrap().unwrap() },
        );

    assert!(count <= 148, "{count}");
}

#[test]
fn of_a_page_are_at_most_18_an_item() {
    let count = count(|db| async move {
        let page = db.query(Client::partition("001003")).page().await.unwrap();
        assert_eq!(page.items.len(), 100);
    });

    assert!(count <= 148 + 18 * 100, "{count}");
}

#[test]
fn of_a_batch_of_reads_are_at_most_20_an_item() {
    let count = count(|db| async move {
        let keys = (0..100).map(|number| Client::key("001003", format!("L0SM9cOFvHcCI{number:04}=")));
        assert_eq!(db.batch_get(keys).await.unwrap().found.len(), 100);
    });

    assert!(count <= 150 + 20 * 100, "{count}");
}

#[test]
fn of_a_batch_of_reads_of_two_fields_are_at_most_6_an_item() {
    let count = count(|db| async move {
        let keys = (0..100).map(|number| Client::key("001003", format!("L0SM9cOFvHcCI{number:04}=")));
        let got = db.batch_get(keys).project::<Address>().await.unwrap();
        assert_eq!(got.found.len(), 100);
    });

    assert!(count <= 150 + 6 * 100, "{count}");
}
