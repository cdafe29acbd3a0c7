//! The actions that every server has.

/// An action that the server answers itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Ends an open request.
    Cancel,
    /// Lists the caller's requests.
    List,
    /// Says that the server is there.
    Ping,
    /// Says what came of a request.
    Result,
    /// Says where a request stands.
    Status,
    /// Has the connection hear of a request.
    Subscribe,
    /// Has it no longer hear of a request.
    Unsubscribe,
    /// Says who the client is to the server.
    Whoami,
}

impl Action {
    /// Every action, in the order of their names.
    pub const ALL: [Self; 8] = [
        Self::Cancel,
        Self::List,
        Self::Ping,
        Self::Result,
        Self::Status,
        Self::Subscribe,
        Self::Unsubscribe,
        Self::Whoami,
    ];

    /// Returns the action's name in a message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cancel => "cancel",
            Self::List => "list",
            Self::Ping => "ping",
            Self::Result => "result",
            Self::Status => "status",
            Self::Subscribe => "subscribe",
            Self::Unsubscribe => "unsubscribe",
            Self::Whoami => "whoami",
        }
    }

    /// Finds the action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}
