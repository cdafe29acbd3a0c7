use std::fmt;

use dynamorm::{Random, SystemRandom};

/// What keeps one run of one case apart from every other: a name of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    name: String,
}

impl Isolation {
    pub(crate) fn new() -> Self {
        let mut random = [0; 8];
        SystemRandom.fill(&mut random);
        Self { name: format!("c{:016x}", u64::from_be_bytes(random)) }
    }

    /// A name of 17 letters and digits, for a file, a credential or a database.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name and a `-`: a table prefix for engines that share their tables between cases.
    pub fn prefix(&self) -> String {
        format!("{}-", self.name)
    }
}

impl fmt::Display for Isolation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
