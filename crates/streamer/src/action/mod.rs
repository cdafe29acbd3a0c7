//! What a client can ask for: one file per action.

mod caller;
mod ping;
mod whoami;

pub use caller::Caller;

use crate::protocol::{Code, Failure, Message, Outgoing};

/// An action that the server answers itself.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Action {
    /// Says that the server is there.
    Ping,
    /// Says who the client is to the server.
    Whoami,
}

impl Action {
    /// Every action, in the order of their names.
    pub const ALL: [Self; 2] = [Self::Ping, Self::Whoami];

    /// Returns the action's name in a message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Whoami => "whoami",
        }
    }

    /// Finds the action of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.name() == name)
    }
}

/// Does what the message asks for and returns its answer, which carries the message's id.
pub fn answer(message: Message, caller: Caller<'_>) -> Outgoing {
    let data = match Action::named(&message.action) {
        Some(Action::Ping) => ping::data(),
        Some(Action::Whoami) => whoami::data(caller),
        None => return Outgoing::error(Some(message.id), unknown(&message.action)),
    };
    Outgoing::response(message.id, data)
}

fn unknown(name: &str) -> Failure {
    let known = Action::ALL.map(|action| format!("`{}`", action.name())).join(", ");
    Failure::new(Code::InvalidAction, format!("there is no action `{name}`; there are {known}"))
        .with_details(serde_json::json!({ "field": "action" }))
}
