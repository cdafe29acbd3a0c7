use std::hint::black_box;

use anyhow::{Context as _, bail, ensure};
use dynamorm_core::{
    expression::Placeholders,
    model::WriteContext,
    wire::{self, put_item::Options},
};

use super::Connection;
use crate::{answer, measurement::Measurement, meter::Meter, operation::Operation, sample};

/// The requests and responses of the wire, as the verbs call them.
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
    let placeholders = Placeholders::default();
    let context = WriteContext { now: dynamorm::Timestamp::UNIX_EPOCH };
    meter.calls(|number| {
        let options =
            Options { condition: "", placeholders: &placeholders, returns_old: false, returns_stored: false };
        let request =
            wire::put_item::request(sample::TABLE, &items[number % sample::ITEMS], &context, options);
        black_box(request?);
        Ok(())
    })
}

fn decode(meter: &Meter) -> anyhow::Result<Measurement> {
    let body = answer::item();
    meter.calls(|_| {
        let answer = wire::get_item::response::<Connection>(black_box(body.as_bytes()))?;
        black_box(answer.value.context("there is no item")?);
        Ok(())
    })
}

fn decode_page(meter: &Meter) -> anyhow::Result<Measurement> {
    let body = answer::page();
    meter.calls(|_| {
        let page = wire::query::response::<Connection>(black_box(body.as_bytes()), None)?.value;
        ensure!(page.items.len() == sample::PAGE_ITEMS, "the page has {} items", page.items.len());
        black_box(page);
        Ok(())
    })
}
