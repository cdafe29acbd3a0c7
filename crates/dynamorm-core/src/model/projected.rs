use std::{fmt, marker::PhantomData};

use super::{
    definition::{KeySchema, TableDefinition},
    index::{ConsistentIndex, Index, WholeItems},
    projection::Projection,
};

/// The index `Ix`, of whose items the fields of `P` are read.
pub struct Projected<Ix, P>(PhantomData<fn() -> (Ix, P)>);

impl<Ix, P> Clone for Projected<Ix, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Ix, P> Copy for Projected<Ix, P> {}

impl<Ix, P> fmt::Debug for Projected<Ix, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Projected")
    }
}

impl<Ix: Index, P: Projection> Index for Projected<Ix, P> {
    type Model = Ix::Model;
    type Item = P;
    type Base = Ix::Base;

    const NAME: Option<&'static str> = Ix::NAME;
    const KEY: KeySchema = Ix::KEY;
    const TTL: Option<&'static str> = Ix::TTL;
    const KEEPS_TO: Option<&'static TableDefinition> = Ix::KEEPS_TO;
}

impl<Ix: ConsistentIndex, P: Projection> ConsistentIndex for Projected<Ix, P> {}

/// Whole as far as it is asked for.
impl<Ix: Index, P: Projection> WholeItems for Projected<Ix, P> {}
