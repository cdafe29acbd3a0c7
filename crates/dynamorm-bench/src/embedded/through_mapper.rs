use std::{hint::black_box, sync::Arc};

use anyhow::Context as _;
use dynamorm::Db;

use crate::{mapper::Connection, measurement::Measurement, meter::Meter, sample};

pub(super) fn measure(meter: &Meter, file: Option<&str>, is_read: bool) -> anyhow::Result<Measurement> {
    let db = match file {
        Some(path) => Db::embedded(path)?,
        None => Db::memory()?,
    };
    let items: Arc<[Connection]> = (0..sample::ITEMS).map(Connection::sample).collect();
    meter.prepare(async {
        db.ensure_table::<Connection>().await?;
        for item in items.iter() {
            db.put(item).await?;
        }
        anyhow::Ok(())
    })?;
    if is_read {
        return meter.requests(move |number| get(db.clone(), Arc::clone(&items), number));
    }
    meter.requests(move |number| put(db.clone(), Arc::clone(&items), number))
}

async fn get(db: Db, items: Arc<[Connection]>, number: usize) -> anyhow::Result<()> {
    let item = &items[number % sample::ITEMS];
    let found = db.get(Connection::key(&item.user_id, &item.connection_id)).await?;
    black_box(found.context("there is no item")?);
    Ok(())
}

async fn put(db: Db, items: Arc<[Connection]>, number: usize) -> anyhow::Result<()> {
    db.put(&items[number % sample::ITEMS]).await?;
    Ok(())
}
