use std::collections::{HashMap, HashSet};

use bytes::Bytes;
use dynamorm::prelude::*;

/// Lists, maps and sets.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[dynamorm(table = "collections", key(partition = id))]
pub(crate) struct Collections {
    pub(crate) id: String,
    pub(crate) list: Vec<String>,
    pub(crate) numbers: Vec<i64>,
    pub(crate) triple: [u8; 3],
    pub(crate) matrix: Vec<Vec<i32>>,
    pub(crate) map: BTreeMap<String, i64>,
    pub(crate) lists: HashMap<String, Vec<String>>,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) scores: BTreeSet<i64>,
    pub(crate) digests: HashSet<Bytes>,
    pub(crate) maybe_list: Option<Vec<String>>,
    pub(crate) maybe_tags: Option<BTreeSet<String>>,
    #[dynamorm(skip_if_empty)]
    pub(crate) labels: BTreeMap<String, String>,
    #[dynamorm(skip_if_empty)]
    pub(crate) remark: String,
}

impl Collections {
    /// Everything empty.
    pub(crate) fn new(id: &str) -> Self {
        Self { id: id.into(), ..Self::default() }
    }
}

/// A set of texts.
pub(crate) fn texts(members: &[&str]) -> BTreeSet<String> {
    members.iter().map(|&member| member.to_owned()).collect()
}
