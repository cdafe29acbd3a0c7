use std::{fmt, marker::PhantomData};

use super::{
    definition::{KeySchema, TableDefinition},
    index::{Index, WholeItems},
};

/// The index `Ix`, whose items are read from the table by the keys that the index has of them.
pub struct Hydrated<Ix>(PhantomData<fn() -> Ix>);

impl<Ix> Clone for Hydrated<Ix> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Ix> Copy for Hydrated<Ix> {}

impl<Ix> fmt::Debug for Hydrated<Ix> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hydrated")
    }
}

impl<Ix: Index> Index for Hydrated<Ix> {
    type Model = Ix::Model;
    type Item = Ix::Model;
    type Base = Ix::Base;

    const NAME: Option<&'static str> = Ix::NAME;
    const KEY: KeySchema = Ix::KEY;
    const TTL: Option<&'static str> = Ix::TTL;
    const KEEPS_TO: Option<&'static TableDefinition> = Ix::KEEPS_TO;
    const IS_HYDRATED: bool = true;
}

/// What the index leaves out is read from the table.
impl<Ix: Index> WholeItems for Hydrated<Ix> {}
