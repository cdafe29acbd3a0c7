//! A table full of requests that have ended.

use std::{collections::HashMap, path::Path};

use anyhow::{Context as _, anyhow};
use dynamorm::Timestamp;
use dynoxide::{
    Database, ImportOptions,
    actions::get_item::GetItemRequest,
    types::{AttributeValue, Item},
};
use streamer_store::{AsyncRequest, DEFAULT_LEASE, DEFAULT_SHARDS, StoreFactory};

use crate::{
    engine::Engine,
    sample::{self, TENANT},
};

/// So many items are in memory at once.
const CHUNK: usize = 10_000;

/// Over so many seconds the ends are spread: less than the seven days after which they would be swept.
const SPREAD: usize = 500_000;

/// Makes the stores' tables in the file at `path`, and in that of the requests `count` that were completed.
///
/// One is completed through the queue; the others are its copies under other ids, by the engine's own bulk load.
///
/// # Errors
/// When the engine refuses something.
pub async fn fill(path: &Path, count: usize) -> anyhow::Result<()> {
    let stores = Engine::File(path.to_owned()).stores().await?;
    let table = stores.db().table_name::<AsyncRequest>();
    let request_id = complete_one(&stores).await?;
    // The file has one holder: the engine itself opens it next.
    drop(stores);

    let failed = |error| anyhow!("the engine refuses a bulk load: {error}");
    let database = Database::new(path.to_str().context("the path is not UTF-8")?).map_err(failed)?;
    database.enable_bulk_loading().map_err(failed)?;
    let sample = read(&database, &table, &request_id)?;
    let now = Timestamp::now().to_unix_seconds();
    for begin in (0..count).step_by(CHUNK) {
        let copies: Vec<Item> = (begin..count.min(begin + CHUNK))
            .map(|number| copy(&sample, number, now))
            .collect::<anyhow::Result<_>>()?;
        database.import_items(&table, copies, ImportOptions::default()).map_err(failed)?;
    }
    Ok(())
}

/// Has one request go to its end; gives its id.
async fn complete_one(stores: &StoreFactory) -> anyhow::Result<String> {
    let queue = stores.requests();
    let request = queue.enqueue(sample::submission()?).await?.request;
    let claimed = queue.claim(&request.request_key(), "w-1", DEFAULT_LEASE).await?;
    queue.complete(&claimed.lease, sample::result()?).await?;
    Ok(request.request_id)
}

/// The item of a request, as the engine has it.
fn read(database: &Database, table: &str, request_id: &str) -> anyhow::Result<Item> {
    let request = GetItemRequest {
        table_name: table.to_owned(),
        key: HashMap::from([
            ("pk".to_owned(), text(partition_key(request_id))),
            ("sk".to_owned(), text("METADATA".to_owned())),
        ]),
        ..GetItemRequest::default()
    };
    let answer = database.get_item(request).map_err(|error| anyhow!("a read fails: {error}"))?;
    answer.item.context("the request that was completed is not where it should be")
}

/// The item of another request that ended the same way at another time.
fn copy(sample: &Item, number: usize, now: i64) -> anyhow::Result<Item> {
    let id = format!("ended-{number:08}");
    let ago = i64::try_from(number % SPREAD)?;
    let instant = Timestamp::from_unix_seconds(now - ago).context("an instant is out of range")?.to_string();
    let shard = number % usize::try_from(DEFAULT_SHARDS)?;
    let mut item = sample.clone();
    let changed = [
        ("pk", partition_key(&id)),
        ("request_id", id),
        ("status_shard", format!("COMPLETED#{shard:02}")),
        ("visible_at", instant.clone()),
        ("created_at", instant),
    ];
    item.extend(changed.map(|(name, value)| (name.to_owned(), text(value))));
    Ok(item)
}

fn partition_key(request_id: &str) -> String {
    format!("REQ#{TENANT}#{request_id}")
}

fn text(value: String) -> AttributeValue {
    AttributeValue::S(value)
}
