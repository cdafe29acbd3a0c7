//! A write that was answered is on the disk.

use std::time::{Duration, Instant};

use dynamorm_embedded::Embedded;

use crate::{child::Role, support};

#[tokio::test]
async fn a_killed_process_loses_no_acknowledged_write() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    support::create_table(&Embedded::open(&path).unwrap()).await;

    for round in 0..3 {
        let mut writer = Role::start("write", &path);
        let mut acknowledged = vec![writer.hear().unwrap()];
        let until = Instant::now() + Duration::from_millis(150 + 70 * round);
        while Instant::now() < until {
            acknowledged.push(writer.hear().unwrap());
        }
        writer.kill();
        while let Some(item) = writer.hear() {
            acknowledged.push(item);
        }

        let engine = Embedded::open(&path).unwrap();

        assert!(acknowledged.len() > 10, "{} writes", acknowledged.len());
        for item in acknowledged {
            assert!(support::has(&engine, &item).await, "round {round}: {item}");
        }
    }
}

#[tokio::test]
async fn the_log_of_a_killed_process_is_taken_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let log = folder.path().join("test.db-wal");
    support::create_table(&Embedded::open(&path).unwrap()).await;
    let mut writer = Role::start("write", &path);
    let item = writer.hear().unwrap();
    writer.kill();
    let left = log.metadata().unwrap().len();

    let engine = Embedded::open(&path).unwrap();
    let is_there = support::has(&engine, &item).await;
    drop(engine);

    assert!(left > 0);
    assert!(is_there);
    assert!(!log.exists(), "the last handle closes the log");
}
