use std::collections::{BTreeMap, BTreeSet};

use dynamorm::prelude::*;

/// A job: every action and condition has an attribute to go with.
#[derive(Clone, Debug, Default, PartialEq, Model)]
#[dynamorm(
    table = "jobs",
    key(partition = "JOB#{job_id}", sort = "METADATA"),
    index(name = "owner-index", partition = owner, sort = created),
    index(name = "place-index", partition("P#{site}#{room}", attribute = "place_pk")),
)]
pub(crate) struct Job {
    pub(crate) job_id: String,
    pub(crate) owner: String,
    pub(crate) created: u64,
    pub(crate) site: String,
    pub(crate) room: String,
    pub(crate) tries: i64,
    pub(crate) note: Option<String>,
    pub(crate) steps: Vec<String>,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) labels: BTreeMap<String, String>,
}

impl Job {
    pub(crate) fn new(job_id: &str) -> Self {
        let text = |name: &str| format!("{name} of {job_id}");
        Self {
            job_id: job_id.into(),
            owner: "ann".into(),
            site: text("site"),
            room: text("room"),
            ..Self::default()
        }
    }
}

/// An item with roles.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "leases", key(partition = name))]
pub(crate) struct Lease {
    pub(crate) name: String,
    pub(crate) holder: Option<String>,
    #[dynamorm(version)]
    pub(crate) version: u32,
    #[dynamorm(ttl)]
    pub(crate) until: Option<Timestamp>,
    #[dynamorm(created_at)]
    pub(crate) created_at: Timestamp,
    #[dynamorm(updated_at)]
    pub(crate) updated_at: Timestamp,
}

impl Lease {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            holder: None,
            version: 0,
            until: None,
            created_at: Timestamp::default(),
            updated_at: Timestamp::default(),
        }
    }
}
