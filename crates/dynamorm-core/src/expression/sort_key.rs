use std::marker::PhantomData;

use super::{
    key_condition::{EncodedKey, KeyCondition, SortCondition},
    operand::KeyOperand,
    value_kind::HasPrefix,
};
use crate::model::Index;

/// The sort key of a partition, of a field that is the key attribute itself and of type `V`.
#[derive(Clone, Debug)]
#[must_use = "compare the sort key with something, such as `.ge(value)`"]
pub struct SortKey<Ix, V> {
    key: KeyCondition<Ix>,
    _value: PhantomData<fn() -> V>,
}

impl<Ix: Index, V> SortKey<Ix, V> {
    /// The sort key of `key`'s partition.
    pub fn of(key: KeyCondition<Ix>) -> Self {
        Self { key, _value: PhantomData }
    }

    fn compare(
        self,
        value: impl KeyOperand<V>,
        condition: impl FnOnce(EncodedKey) -> SortCondition,
    ) -> KeyCondition<Ix> {
        self.key.with_sort(EncodedKey::of_value(&value).map(condition))
    }

    /// Sort key `= value`.
    pub fn eq(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(value, SortCondition::Equal)
    }

    /// Sort key `< value`.
    pub fn lt(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(value, SortCondition::Less)
    }

    /// Sort key `<= value`.
    pub fn le(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(value, SortCondition::LessOrEqual)
    }

    /// Sort key `> value`.
    pub fn gt(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(value, SortCondition::Greater)
    }

    /// Sort key `>= value`.
    pub fn ge(self, value: impl KeyOperand<V>) -> KeyCondition<Ix> {
        self.compare(value, SortCondition::GreaterOrEqual)
    }

    /// Sort key from `low` to `high`, both included.
    pub fn between(self, low: impl KeyOperand<V>, high: impl KeyOperand<V>) -> KeyCondition<Ix> {
        let condition = EncodedKey::of_value(&low)
            .and_then(|low| Ok(SortCondition::Between(low, EncodedKey::of_value(&high)?)));
        self.key.with_sort(condition)
    }

    /// Sort key that begins with `prefix`, of strings and bytes.
    pub fn begins_with(self, prefix: impl KeyOperand<V>) -> KeyCondition<Ix>
    where
        V: HasPrefix,
    {
        self.compare(prefix, SortCondition::BeginsWith)
    }
}
