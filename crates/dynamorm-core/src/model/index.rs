use super::{
    contract::Model,
    definition::{KeySchema, TableDefinition},
    read_item::ReadItem,
};

/// A table's primary key or one of its indexes, as a type: what a query reads.
pub trait Index: Copy + std::fmt::Debug + Send + Sync + 'static {
    /// The model it is an index of.
    type Model: Model;

    /// What is read from it: the model, or a collection that it is one of.
    type Item: ReadItem;

    /// The index itself, however its items are read: filters are judged by its key.
    type Base: Index;

    /// The index's name; `None` for the table itself.
    const NAME: Option<&'static str>;

    /// The key attributes.
    const KEY: KeySchema;

    /// The attribute with the instant of expiry of what is read.
    const TTL: Option<&'static str> = <Self::Model as Model>::TABLE.ttl;

    /// The model whose items are read, where items of others may stand between them: those are passed over.
    const KEEPS_TO: Option<&'static TableDefinition> = None;

    /// Whether the items are read from the table, by the keys that the index has of them.
    const IS_HYDRATED: bool = false;
}

/// An index as its model has it: what is read of its items can still be chosen.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index of one model",
    label = "of a collection, or projected or hydrated already",
    note = "`filter` and `project` are for queries of one model, and one that is hydrated is not projected"
)]
pub trait ModelIndex: Index {}

/// A global secondary index, as its model has it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an index whose items can be hydrated",
    label = "of the table itself, of a collection, or projected or hydrated already",
    note = "the table itself holds whole items: a query of it needs no `hydrate`; a query is projected or hydrated, once"
)]
pub trait SecondaryIndex: ModelIndex {}

/// An index that can be read consistently: the table itself.
#[diagnostic::on_unimplemented(
    message = "index `{Self}` cannot be read consistently",
    label = "a global secondary index is always read eventually consistent",
    note = "leave `.consistent()` out, or query the table by its primary key"
)]
pub trait ConsistentIndex: Index {}

/// An index that carries whole items.
#[diagnostic::on_unimplemented(
    message = "index `{Self}` does not carry whole items",
    label = "its projection leaves attributes out",
    note = "give the index `projection = all`, or query one that has it; read what it carries by `project`, or the whole items by \
            `hydrate`; `count` needs no items"
)]
pub trait WholeItems: Index {}
