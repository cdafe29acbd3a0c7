use std::fmt;

/// What a subscriber wants to hear of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// How far it is.
    Progress,
    /// That it ended with a result.
    Completed,
    /// That it failed, or was cancelled.
    Failed,
    /// All of it, what is yet to be invented too.
    All,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Progress, Self::Completed, Self::Failed, Self::All];

    /// The name that is stored: `progress`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Progress => "progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::All => "*",
        }
    }

    /// The event type of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event_type| event_type.name() == name)
    }
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
