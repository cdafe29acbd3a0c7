use dynamorm_core::{
    model::{IndexDefinition, IndexProjection, TableDefinition},
    wire::{
        describe_table::{IndexDescription, TableDescription},
        update_table::Capacity,
    },
};

use super::{drift::Drift, stored_key::StoredKey};

/// How a table differs from its model in everything that `DescribeTable` says.
pub(crate) fn schema_drifts(model: &TableDefinition, table: &TableDescription) -> Vec<Drift> {
    let mut drifts = Vec::new();
    // While an index is made or removed the table is `UPDATING`, and can be used as ever.
    if !matches!(table.table_status.as_str(), "ACTIVE" | "UPDATING") {
        drifts.push(Drift::InactiveTable { status: table.table_status.clone() });
    }
    let primary_key = StoredKey::of(&table.key_schema, table);
    if primary_key != model.primary_key {
        drifts.push(Drift::PrimaryKey { stored: primary_key.clone(), model: model.primary_key });
    }
    for index in model.indexes {
        match table.index(index.name) {
            None => drifts.push(Drift::MissingIndex { index: index.name }),
            Some(stored) => drifts.extend(index_drifts(index, stored, &primary_key, table)),
        }
    }
    let is_extra =
        |stored: &&IndexDescription| model.index(&stored.index_name).is_none() && !stored.is_going();
    let extra = table.global_secondary_indexes.iter().filter(is_extra);
    drifts.extend(extra.map(|stored| Drift::ExtraIndex { index: stored.index_name.clone() }));
    drifts.extend(stream_drift(model, table));
    if let Some(Capacity { read, write }) = table.provisioned() {
        drifts.push(Drift::Provisioned { read, write });
    }
    drifts
}

/// How the table's TTL attribute differs from the model's.
pub(crate) fn time_to_live_drift(model: &TableDefinition, stored: Option<&str>) -> Option<Drift> {
    match (model.ttl, stored) {
        (None, None) => None,
        (Some(attribute), Some(stored)) if attribute == stored => None,
        (Some(attribute), None) => Some(Drift::MissingTimeToLive { attribute }),
        (Some(attribute), Some(stored)) => {
            Some(Drift::OtherTimeToLive { stored: stored.to_owned(), attribute })
        }
        (None, Some(stored)) => Some(Drift::ExtraTimeToLive { stored: stored.to_owned() }),
    }
}

fn index_drifts(
    model: &'static IndexDefinition,
    stored: &IndexDescription,
    primary_key: &StoredKey,
    table: &TableDescription,
) -> Vec<Drift> {
    let index = model.name;
    let mut drifts = Vec::new();
    if !stored.is_active() {
        let status = stored.index_status.clone().unwrap_or_default();
        drifts.push(Drift::InactiveIndex { index, status });
    }
    // How it is made is of no matter for an index that is about to be gone.
    if stored.is_going() {
        return drifts;
    }
    let key = StoredKey::of(&stored.key_schema, table);
    if key != model.key {
        drifts.push(Drift::IndexKey { index, stored: key.clone(), model: model.key });
    }
    drifts.extend(projection_drift(model, stored, |attribute| {
        primary_key.names().chain(key.names()).any(|name| name == attribute)
    }));
    drifts
}

fn projection_drift(
    model: &'static IndexDefinition,
    stored: &IndexDescription,
    is_key: impl Fn(&str) -> bool,
) -> Option<Drift> {
    let index = model.name;
    let needed = match model.projection {
        IndexProjection::All if stored.projection.is_all() => return None,
        IndexProjection::All => return Some(Drift::NarrowIndex { index, lacks: Vec::new() }),
        IndexProjection::Keys | IndexProjection::Include(_) if stored.projection.is_all() => {
            return Some(Drift::WideIndex { index });
        }
        IndexProjection::Keys => &[],
        IndexProjection::Include(attributes) => attributes,
    };
    let carried = &stored.projection.non_key_attributes;
    let is_carried =
        |attribute: &&str| carried.iter().any(|carried| carried == attribute) || is_key(attribute);
    let lacks: Vec<&str> = needed.iter().filter(|attribute| !is_carried(attribute)).copied().collect();
    if !lacks.is_empty() {
        return Some(Drift::NarrowIndex { index, lacks });
    }
    let is_wide = carried.iter().any(|carried| !needed.contains(&carried.as_str()) && !is_key(carried));
    is_wide.then_some(Drift::WideIndex { index })
}

fn stream_drift(model: &TableDefinition, table: &TableDescription) -> Option<Drift> {
    // Without a wish of the model, a stream is another model's or the operator's: a trigger, a replication.
    let view = model.stream?;
    match table.stream_view() {
        None => Some(Drift::MissingStream { view }),
        Some(stored) if stored == view => None,
        Some(stored) if stored.covers(view) => Some(Drift::WideStream { stored, view }),
        Some(stored) => Some(Drift::NarrowStream { stored, view }),
    }
}
