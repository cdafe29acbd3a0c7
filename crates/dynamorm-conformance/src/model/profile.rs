use dynamorm::prelude::*;

/// Nested structs and enums.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "profiles", key(partition = "USER#{user_id}"))]
pub(crate) struct Profile {
    pub(crate) user_id: String,
    pub(crate) home: Address,
    pub(crate) work: Option<Address>,
    pub(crate) former: Vec<Address>,
    pub(crate) by_name: BTreeMap<String, Address>,
    pub(crate) tier: Tier,
    pub(crate) contacts: Vec<Contact>,
}

#[derive(Clone, Debug, PartialEq, Attribute)]
pub(crate) struct Address {
    pub(crate) city: String,
    pub(crate) door: u32,
    pub(crate) remark: Option<String>,
    pub(crate) names: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Attribute)]
#[dynamorm(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Tier {
    Free,
    PaidUp,
}

#[derive(Clone, Debug, PartialEq, Attribute)]
pub(crate) enum Contact {
    None,
    Mail(String),
    Phone { country: u16, number: String },
    Grid { x: f64, y: f64 },
}

impl Address {
    pub(crate) fn new(city: &str, door: u32) -> Self {
        Self { city: city.into(), door, remark: None, names: Vec::new() }
    }
}

impl Profile {
    pub(crate) fn new(user_id: &str) -> Self {
        Self {
            user_id: user_id.into(),
            home: Address::new("Bern", 1),
            work: None,
            former: Vec::new(),
            by_name: BTreeMap::new(),
            tier: Tier::Free,
            contacts: Vec::new(),
        }
    }
}
