use std::{collections::HashMap, hint::black_box, thread};

use anyhow::{Context as _, anyhow};
use dynoxide::{
    Database,
    actions::{create_table::CreateTableRequest, get_item::GetItemRequest, put_item::PutItemRequest},
    types::AttributeValue,
};
use tokio::sync::{mpsc, oneshot};

use crate::{measurement::Measurement, meter::Meter, sample};

type Item = HashMap<String, AttributeValue>;

/// Calls where they are made: what a read through the mapper does while nothing else uses the engine.
pub(super) fn measure_in_place(
    meter: &Meter,
    file: Option<&str>,
    is_read: bool,
) -> anyhow::Result<Measurement> {
    let database = open(file)?;
    if is_read {
        return meter.requests(move |number| {
            let database = database.clone();
            async move { read(&database, number) }
        });
    }
    meter.requests(move |number| {
        let database = database.clone();
        async move { write(&database, number) }
    })
}

/// Calls on a thread of the engine's own: what a write through the mapper does, since it waits for the disk.
pub(super) fn measure_on_thread(
    meter: &Meter,
    file: Option<&str>,
    is_read: bool,
) -> anyhow::Result<Measurement> {
    let database = open(file)?;
    let call = if is_read { read } else { write };
    let (queue, mut jobs) = mpsc::channel::<(usize, oneshot::Sender<anyhow::Result<()>>)>(1024);
    thread::spawn(move || {
        while let Some((number, answer)) = jobs.blocking_recv() {
            // The caller waits for it, or the benchmark has failed already.
            let _ = answer.send(call(&database, number));
        }
    });
    meter.requests(move |number| {
        let queue = queue.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            queue.send((number, answer)).await?;
            answered.await?
        }
    })
}

/// A database with the table and the items of the sample.
fn open(file: Option<&str>) -> anyhow::Result<Database> {
    let database = match file {
        Some(path) => Database::new(path),
        None => Database::memory(),
    };
    let database = database.map_err(|error| anyhow!("the engine does not start: {error}"))?;
    let table: CreateTableRequest = serde_json::from_value(serde_json::json!({
        "TableName": sample::TABLE,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            { "AttributeName": "pk", "AttributeType": "S" },
            { "AttributeName": "sk", "AttributeType": "S" },
        ],
        "KeySchema": [
            { "AttributeName": "pk", "KeyType": "HASH" },
            { "AttributeName": "sk", "KeyType": "RANGE" },
        ],
    }))?;
    database.create_table(table).map_err(|error| anyhow!("the table cannot be made: {error}"))?;
    (0..sample::ITEMS).try_for_each(|index| write(&database, index))?;
    Ok(database)
}

fn read(database: &Database, number: usize) -> anyhow::Result<()> {
    let index = number % sample::ITEMS;
    let request = GetItemRequest {
        table_name: sample::TABLE.to_owned(),
        key: HashMap::from([
            ("pk".to_owned(), AttributeValue::S(sample::partition_key(index))),
            ("sk".to_owned(), AttributeValue::S(sample::sort_key(index))),
        ]),
        ..GetItemRequest::default()
    };
    let answer = database.get_item(request).map_err(|error| anyhow!("a read fails: {error}"))?;
    black_box(answer.item.context("there is no item")?);
    Ok(())
}

fn write(database: &Database, number: usize) -> anyhow::Result<()> {
    let request = PutItemRequest {
        table_name: sample::TABLE.to_owned(),
        item: item(number % sample::ITEMS),
        ..PutItemRequest::default()
    };
    database.put_item(request).map_err(|error| anyhow!("a write fails: {error}"))?;
    Ok(())
}

/// The item `index` of the sample in the engine's own types.
fn item(index: usize) -> Item {
    let strings = [
        ("pk", sample::partition_key(index)),
        ("sk", sample::sort_key(index)),
        ("connection_id", sample::connection_id(index)),
        ("domain_name", sample::DOMAIN_NAME.to_owned()),
        ("stage", sample::STAGE.to_owned()),
        ("user_id", sample::user_id(index)),
        ("tenant_id", sample::TENANT_ID.to_owned()),
        ("source_ip", sample::source_ip(index)),
        ("user_agent", sample::USER_AGENT.to_owned()),
        ("connected_at", sample::CONNECTED_AT.to_owned()),
    ];
    let mut item: Item =
        strings.into_iter().map(|(name, value)| (name.to_owned(), AttributeValue::S(value))).collect();
    let entry = |(name, value): (&str, &str)| (name.to_owned(), AttributeValue::S(value.to_owned()));
    item.insert("attributes".to_owned(), AttributeValue::M(sample::ATTRIBUTES.map(entry).into()));
    item.insert("ttl".to_owned(), AttributeValue::N(sample::ttl(index).to_string()));
    item
}
