use std::{hint::black_box, sync::Arc};

use anyhow::{Context as _, bail, ensure};
use dynamorm::Db;

use super::Connection;
use crate::{measurement::Measurement, meter::Meter, operation::Operation, sample};

/// What every request has at hand.
#[derive(Clone)]
struct Side {
    db: Db,
    items: Arc<[Connection]>,
}

pub(super) fn measure(meter: &Meter, operation: Operation, db: Db) -> anyhow::Result<Measurement> {
    let side = Side { db, items: (0..sample::ITEMS).map(Connection::sample).collect() };
    match operation {
        Operation::Put => meter.requests(move |number| put(side.clone(), number)),
        Operation::Get => meter.requests(move |number| get(side.clone(), number)),
        Operation::Update => meter.requests(move |number| update(side.clone(), number)),
        Operation::Query => meter.requests(move |number| query(side.clone(), number)),
        Operation::BatchGet => meter.requests(move |_| batch_get(side.clone())),
        _ => bail!("`{}` is no request", operation.name()),
    }
}

async fn put(side: Side, number: usize) -> anyhow::Result<()> {
    side.db.put(&side.items[number % sample::ITEMS]).await?;
    Ok(())
}

async fn get(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    let found = side.db.get(Connection::key(&item.user_id, &item.connection_id)).await?;
    black_box(found.context("there is no item")?);
    Ok(())
}

async fn update(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    let key = Connection::key(&item.user_id, &item.connection_id);
    side.db.update(key).set(Connection::fields().stage, sample::STAGE).await?;
    Ok(())
}

async fn query(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    let page = side.db.query(Connection::partition(&item.user_id)).page().await?;
    ensure!(page.items.len() == sample::PAGE_ITEMS, "the page has {} items", page.items.len());
    black_box(page);
    Ok(())
}

async fn batch_get(side: Side) -> anyhow::Result<()> {
    let keys = (0..sample::PAGE_ITEMS)
        .map(|index| Connection::key(sample::user_id(index), sample::connection_id(index)));
    let got = side.db.batch_get(keys).await?;
    ensure!(got.found.len() == sample::PAGE_ITEMS, "the batch has {} items", got.found.len());
    black_box(got.found);
    Ok(())
}
