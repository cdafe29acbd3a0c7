//! What a program that uses the mapper imports: `use dynamorm::prelude::*;`

pub use std::collections::{BTreeMap, BTreeSet};

pub use dynamorm_core::{
    Attribute as _, Timestamp,
    codec::Decimal,
    expression::{Condition as _, Filter, PathConditions as _},
    model::Model as _,
};
pub use dynamorm_macros::{Attribute, Collection, Model, Projection};

pub use crate::{Cursor, Db, ErrorKind};
