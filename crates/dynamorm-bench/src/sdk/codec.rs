use std::hint::black_box;

use anyhow::{Context as _, anyhow, bail, ensure};
use aws_sdk_dynamodb::operation::{
    get_item::{GetItem, GetItemOutput},
    put_item::{PutItem, PutItemInput},
    query::{Query, QueryOutput},
};
use aws_smithy_runtime_api::client::{
    interceptors::context::{Input, Output},
    orchestrator::HttpResponse,
    runtime_plugin::RuntimePlugin,
    ser_de::{
        DeserializeResponse as _, SerializeRequest as _, SharedRequestSerializer, SharedResponseDeserializer,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, FrozenLayer},
};

use super::Connection;
use crate::{answer, measurement::Measurement, meter::Meter, operation::Operation, sample};

/// The serializers and deserializers are those that the client's own requests go through.
pub(super) fn measure(meter: &Meter, operation: Operation) -> anyhow::Result<Measurement> {
    match operation {
        Operation::Encode => encode(meter),
        Operation::Decode => decode(meter),
        Operation::DecodePage => decode_page(meter),
        _ => bail!("`{}` is no work of the codec's", operation.name()),
    }
}

fn encode(meter: &Meter) -> anyhow::Result<Measurement> {
    let items: Vec<_> = (0..sample::ITEMS).map(Connection::sample).collect();
    let config = config(&PutItem::new())?;
    let serializer = config.load::<SharedRequestSerializer>().context("puts have no serializer")?;
    let mut state = ConfigBag::base();
    meter.calls(|number| {
        let item = serde_dynamo::to_item(&items[number % sample::ITEMS])?;
        let input = PutItemInput::builder().table_name(sample::TABLE).set_item(Some(item)).build()?;
        let request = serializer.serialize_input(Input::erase(input), &mut state);
        black_box(request.map_err(|error| anyhow!(error))?);
        Ok(())
    })
}

fn decode(meter: &Meter) -> anyhow::Result<Measurement> {
    let config = config(&GetItem::new())?;
    let deserializer = config.load::<SharedResponseDeserializer>().context("gets have no deserializer")?;
    let response = response(answer::item())?;
    let state = ConfigBag::base();
    meter.calls(|_| {
        let output = deserializer.deserialize_nonstreaming_with_config(&response, &state);
        let output: GetItemOutput = downcast(output.map_err(|error| anyhow!("{error:?}"))?)?;
        let item: Connection = serde_dynamo::from_item(output.item.context("there is no item")?)?;
        black_box(item);
        Ok(())
    })
}

fn decode_page(meter: &Meter) -> anyhow::Result<Measurement> {
    let config = config(&Query::new())?;
    let deserializer = config.load::<SharedResponseDeserializer>().context("queries have no deserializer")?;
    let response = response(answer::page())?;
    let state = ConfigBag::base();
    meter.calls(|_| {
        let output = deserializer.deserialize_nonstreaming_with_config(&response, &state);
        let output: QueryOutput = downcast(output.map_err(|error| anyhow!("{error:?}"))?)?;
        let items: Vec<Connection> = serde_dynamo::from_items(output.items.context("there are no items")?)?;
        ensure!(items.len() == sample::PAGE_ITEMS, "the page has {} items", items.len());
        black_box(items);
        Ok(())
    })
}

fn config(operation: &impl RuntimePlugin) -> anyhow::Result<FrozenLayer> {
    operation.config().context("the operation has no configuration")
}

fn response(body: String) -> anyhow::Result<HttpResponse> {
    Ok(HttpResponse::new(200_u16.try_into()?, SdkBody::from(body)))
}

fn downcast<T: std::fmt::Debug + Send + Sync + 'static>(output: Output) -> anyhow::Result<T> {
    output.downcast().map_err(|output| anyhow!("the answer is of another type: {output:?}"))
}
