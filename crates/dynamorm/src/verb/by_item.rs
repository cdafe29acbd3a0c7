use std::sync::Arc;

use dynamorm_core::model::TableDefinition;
use indexmap::{IndexMap, map::Entry};

use crate::call::one_table;

/// What a batch has to do, by the item that it is for: a table's name and a canonical key. A place is a position in it.
pub struct ByItem<T> {
    tables: IndexMap<Arc<str>, &'static TableDefinition>,
    items: IndexMap<(usize, Vec<u8>), T>,
}

builder_debug!([T] ByItem<T>);

impl<T> ByItem<T> {
    pub(super) fn with_capacity(items: usize) -> Self {
        Self { tables: IndexMap::new(), items: IndexMap::with_capacity(items) }
    }

    /// The entry of an item. Two models that share a table have the same key attributes in it.
    pub(super) fn entry(
        &mut self,
        table: &Arc<str>,
        definition: &'static TableDefinition,
        canonical_key: Vec<u8>,
    ) -> Entry<'_, (usize, Vec<u8>), T> {
        let table = self.tables.entry(Arc::clone(table));
        let index = table.index();
        table.or_insert(definition);
        self.items.entry((index, canonical_key))
    }

    /// Puts those of one table next to each other, as requests need them; most requests then name one table.
    pub(super) fn sort_by_table(&mut self) {
        self.items.sort_by(|(table, _), _, (other, _), _| table.cmp(other));
    }

    pub(super) fn len(&self) -> usize {
        self.items.len()
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.items.values()
    }

    pub(super) fn get(&self, place: usize) -> &T {
        self.at(place).1
    }

    /// The name of the table, as it is sent.
    pub(super) fn table(&self, place: usize) -> &Arc<str> {
        match self.tables.get_index(self.at(place).0.0) {
            Some((name, _)) => name,
            None => unreachable!("an item's table is entered before it"),
        }
    }

    fn at(&self, place: usize) -> (&(usize, Vec<u8>), &T) {
        match self.items.get_index(place) {
            Some(item) => item,
            None => unreachable!("places are positions of the items"),
        }
    }

    /// The one table of `places`; an empty name if there are several.
    pub(super) fn table_of(&self, places: &[usize]) -> Arc<str> {
        one_table(places.iter().map(|place| self.table(*place)))
    }

    /// What is known of the table that is sent as `name`.
    pub(super) fn definition_of(&self, name: &str) -> Option<&'static TableDefinition> {
        self.tables.get(name).copied()
    }

    /// The place of an item.
    pub(super) fn place_of(&self, table: &str, canonical_key: Vec<u8>) -> Option<usize> {
        self.items.get_index_of(&(self.tables.get_index_of(table)?, canonical_key))
    }
}
