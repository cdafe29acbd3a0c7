use crate::{item::Client, server::Server};

#[tokio::test]
async fn of_each_verb_are_one() {
    let server = Server::start();
    let (db, client, f) = (server.db().await, Client::new(1), Client::fields());
    let key = || Client::key("001003", "L0SM9cOFvHcCI0001=");

    db.create(&client).await.unwrap();
    assert_eq!(server.take(), ["PutItem"]);
    db.put(&client).await.unwrap();
    assert_eq!(server.take(), ["PutItem"]);
    db.get(key()).await.unwrap();
    assert_eq!(server.take(), ["GetItem"]);
    db.update(key()).set(f.stage, "test").await.unwrap();
    assert_eq!(server.take(), ["UpdateItem"]);
    db.upsert(&client).set(f.stage, "test").await.unwrap();
    assert_eq!(server.take(), ["UpdateItem"]);
    db.delete(key()).await.unwrap();
    assert_eq!(server.take(), ["DeleteItem"]);
    db.query(Client::partition("001003")).page().await.unwrap();
    assert_eq!(server.take(), ["Query"]);
    db.query(Client::partition("001003")).count().await.unwrap();
    assert_eq!(server.take(), ["Query"]);
    db.scan::<Client>().page().await.unwrap();
    assert_eq!(server.take(), ["Scan"]);
}

#[tokio::test]
async fn of_a_batch_of_reads_are_one_for_a_hundred_keys() {
    let server = Server::start();
    let db = server.db().await;
    let keys = (0..100).map(|number| Client::key("001003", format!("L0SM9cOFvHcCI{number:04}=")));

    let _ = db.batch_get(keys.clone().chain(keys)).await.unwrap();

    assert_eq!(server.take(), ["BatchGetItem"]);
}
