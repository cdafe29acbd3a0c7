use dynamorm::prelude::*;

/// Items to ask conditions of, several in one partition.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "tickets", key(partition = queue, sort = number))]
pub(crate) struct Ticket {
    pub(crate) queue: String,
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) weight: i64,
    pub(crate) assignee: Option<String>,
    pub(crate) tags: BTreeSet<String>,
    pub(crate) steps: Vec<String>,
    pub(crate) blob: Vec<u8>,
    pub(crate) is_open: bool,
}

/// Half of a ticket's key, and what is none of it.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Ticket)]
pub(crate) struct Title {
    pub(crate) number: u32,
    pub(crate) title: String,
}

impl Ticket {
    pub(crate) fn new(number: u32) -> Self {
        Self {
            queue: "q".into(),
            number,
            title: format!("ticket {number}"),
            weight: i64::from(number),
            assignee: None,
            tags: BTreeSet::new(),
            steps: Vec::new(),
            blob: Vec::new(),
            is_open: true,
        }
    }
}
