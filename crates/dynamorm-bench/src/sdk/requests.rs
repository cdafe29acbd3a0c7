use std::{collections::HashMap, hint::black_box, sync::Arc};

use anyhow::{Context as _, bail, ensure};
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};

use super::Connection;
use crate::{measurement::Measurement, meter::Meter, operation::Operation, sample};

/// What every request has at hand.
#[derive(Clone)]
struct Side {
    client: Client,
    items: Arc<[Connection]>,
}

pub(super) fn measure(meter: &Meter, operation: Operation, client: Client) -> anyhow::Result<Measurement> {
    let side = Side { client, items: (0..sample::ITEMS).map(Connection::sample).collect() };
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
    let item = serde_dynamo::to_item(&side.items[number % sample::ITEMS])?;
    side.client.put_item().table_name(sample::TABLE).set_item(Some(item)).send().await?;
    Ok(())
}

async fn get(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    let answer = side
        .client
        .get_item()
        .table_name(sample::TABLE)
        .key("pk", AttributeValue::S(item.pk.clone()))
        .key("sk", AttributeValue::S(item.sk.clone()))
        .send()
        .await?;
    let item: Connection = serde_dynamo::from_item(answer.item.context("there is no item")?)?;
    black_box(item);
    Ok(())
}

/// With the condition that every careful user adds, and the mapper adds itself: an absent item is not made.
async fn update(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    side.client
        .update_item()
        .table_name(sample::TABLE)
        .key("pk", AttributeValue::S(item.pk.clone()))
        .key("sk", AttributeValue::S(item.sk.clone()))
        .update_expression("SET #stage = :stage")
        .condition_expression("attribute_exists(pk)")
        .expression_attribute_names("#stage", "stage")
        .expression_attribute_values(":stage", AttributeValue::S(sample::STAGE.to_owned()))
        .send()
        .await?;
    Ok(())
}

async fn query(side: Side, number: usize) -> anyhow::Result<()> {
    let item = &side.items[number % sample::ITEMS];
    let answer = side
        .client
        .query()
        .table_name(sample::TABLE)
        .key_condition_expression("pk = :pk")
        .expression_attribute_values(":pk", AttributeValue::S(item.pk.clone()))
        .send()
        .await?;
    let items: Vec<Connection> = serde_dynamo::from_items(answer.items.context("there are no items")?)?;
    ensure!(items.len() == sample::PAGE_ITEMS, "the page has {} items", items.len());
    black_box(items);
    Ok(())
}

async fn batch_get(side: Side) -> anyhow::Result<()> {
    let keys = (0..sample::PAGE_ITEMS).map(|index| {
        HashMap::from([
            ("pk".to_owned(), AttributeValue::S(sample::partition_key(index))),
            ("sk".to_owned(), AttributeValue::S(sample::sort_key(index))),
        ])
    });
    let keys = KeysAndAttributes::builder().set_keys(Some(keys.collect())).build()?;
    let answer = side.client.batch_get_item().request_items(sample::TABLE, keys).send().await?;
    let mut found = answer.responses.context("there are no answers")?;
    let items = found.remove(sample::TABLE).context("there are no items")?;
    let items: Vec<Connection> = serde_dynamo::from_items(items)?;
    ensure!(items.len() == sample::PAGE_ITEMS, "the batch has {} items", items.len());
    black_box(items);
    Ok(())
}
