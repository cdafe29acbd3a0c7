use dynamorm_core::{
    model::{IndexDefinition, KeyAttribute, TableDefinition},
    wire::describe_table::{IndexDescription, TableDescription},
};

use super::{drift::Drift, remedy::Remedy, step::MigrationStep};

/// What a migration was told that it does not do by itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    pub(crate) dropped: Vec<String>,
    pub(crate) replaced: Vec<String>,
    pub(crate) replaces_stream: bool,
}

impl Told {
    /// Says what is wrong with the names of the indexes, if anything.
    pub(crate) fn mistake(&self, model: &TableDefinition) -> Option<String> {
        let own = self.dropped.iter().find(|index| model.index(index).is_some());
        if let Some(index) = own {
            return Some(format!(
                "index `{index}` is the model's, which would add it again; `replace_index(\"{index}\")` makes it anew"
            ));
        }
        let unknown = self.replaced.iter().find(|index| model.index(index).is_none())?;
        Some(format!("index `{unknown}` is none of the model's; `drop_index(\"{unknown}\")` removes it"))
    }

    fn drops(&self, index: &str) -> bool {
        self.dropped.iter().any(|dropped| dropped == index)
    }

    fn replaces(&self, index: &str) -> bool {
        self.replaced.iter().any(|replaced| replaced == index)
    }
}

/// The steps from a table with these drifts to one that the model works on.
///
/// Indexes go before others come: that makes room, and frees the types of their key attributes.
///
/// # Errors
/// What stands in the way.
pub(crate) fn plan(
    model: &TableDefinition,
    table: &TableDescription,
    drifts: &[Drift],
    told: &Told,
) -> Result<Vec<MigrationStep>, String> {
    let (mut dropped, mut added, mut rest) = (Vec::new(), Vec::new(), Vec::new());
    for drift in drifts {
        match drift {
            Drift::MissingIndex { index } => added.push(*index),
            Drift::IndexKey { index, .. } | Drift::NarrowIndex { index, .. } | Drift::WideIndex { index }
                if told.replaces(index) =>
            {
                dropped.push((*index).to_owned());
                added.push(*index);
            }
            Drift::ExtraIndex { index } if told.drops(index) => dropped.push(index.clone()),
            Drift::MissingStream { view } => rest.push(MigrationStep::EnableStream { view: *view }),
            Drift::NarrowStream { view, .. } | Drift::WideStream { view, .. } if told.replaces_stream => {
                rest.extend([MigrationStep::DisableStream, MigrationStep::EnableStream { view: *view }]);
            }
            Drift::MissingTimeToLive { attribute } => {
                rest.push(MigrationStep::SetTimeToLive { attribute });
            }
            // Waited for before the next look.
            drift if drift.remedy() == Remedy::Wait => {}
            drift if drift.is_breaking() => return Err(drift.to_string()),
            _ => {}
        }
    }
    // Of an index both key and projection may differ, which stand one after the other.
    dropped.dedup();
    added.dedup();
    for index in &added {
        if let Some(conflict) = model.index(index).and_then(|index| type_conflict(index, table, &dropped)) {
            return Err(conflict);
        }
    }
    let mut steps: Vec<_> = dropped.into_iter().map(|index| MigrationStep::DropIndex { index }).collect();
    steps.extend(added.into_iter().map(|index| MigrationStep::AddIndex { index }));
    steps.extend(rest);
    Ok(steps)
}

/// Whether a key attribute of `index` is one of another type already, by what stays of the table.
///
/// DynamoDB keeps one type for each key attribute of a table and takes no notice of another in a later request.
fn type_conflict(index: &IndexDefinition, table: &TableDescription, dropped: &[String]) -> Option<String> {
    let is_used_by = |stored: &&IndexDescription, attribute: &KeyAttribute| {
        stored.key_schema.iter().any(|element| element.attribute_name == attribute.name)
    };
    index.key.attributes().find_map(|attribute| {
        let kind = table.attribute_type(attribute.name).filter(|kind| *kind != attribute.kind.name())?;
        let mut users = table.global_secondary_indexes.iter().filter(|stored| is_used_by(stored, &attribute));
        let is_in_primary_key =
            table.key_schema.iter().any(|element| element.attribute_name == attribute.name);
        // Without a user among these it is a local secondary index's, which stays.
        let mut has_user = false;
        let all_go = users.all(|user| {
            has_user = true;
            dropped.contains(&user.index_name)
        });
        if has_user && all_go && !is_in_primary_key {
            return None;
        }
        Some(format!(
            "index `{}` needs `{}` as {}; it is {kind} in another key of the table: store it as another attribute",
            index.name,
            attribute.name,
            attribute.kind.name(),
        ))
    })
}
