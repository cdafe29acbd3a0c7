use std::{collections::BTreeSet, time::Duration};

use dynamorm::{Model, Timestamp};
use serde::{Deserialize, Serialize};

use super::event_type::EventType;
use crate::{error::Error, id::check_id, request::RequestKey};

/// How long a subscription is kept.
pub const SUBSCRIPTION_TIME_TO_LIVE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// That a connection hears of a request.
///
/// As JSON it is in camelCase.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Model)]
#[serde(rename_all = "camelCase")]
#[dynamorm(
    table = "subscriptions",
    key(partition = "CONN#{connection_id}", sort = "SUB#{request_id}"),
    index(
        name = "request-index",
        partition("{tenant_id}#{request_id}", attribute = "request_key"),
        sort = created_at,
    ),
)]
pub struct Subscription {
    /// Both ids, escaped.
    pub subscription_id: String,
    /// The connection that hears.
    pub connection_id: String,
    /// The request it hears of.
    pub request_id: String,
    /// The tenant of both.
    pub tenant_id: String,
    /// The user of the connection.
    pub user_id: String,
    /// What it hears: `progress`, `completed`, `failed` or `*`; not empty.
    pub event_types: BTreeSet<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it counts as absent: seven days after it was made, unless said otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[dynamorm(ttl)]
    pub ttl: Option<Timestamp>,
}

impl Subscription {
    /// A subscription of a user's connection to a request, made at `now`.
    pub fn new(
        connection_id: impl Into<String>,
        request: &RequestKey,
        user_id: impl Into<String>,
        event_types: impl IntoIterator<Item = EventType>,
        now: Timestamp,
    ) -> Self {
        let connection_id = connection_id.into();
        Self {
            subscription_id: format!("{}#{}", escaped(&connection_id), escaped(&request.request_id)),
            connection_id,
            request_id: request.request_id.clone(),
            tenant_id: request.tenant_id.clone(),
            user_id: user_id.into(),
            event_types: event_types.into_iter().map(|event_type| event_type.name().to_owned()).collect(),
            created_at: now,
            ttl: Some(expiry(now)),
        }
    }

    /// The request it hears of.
    pub fn request_key(&self) -> RequestKey {
        RequestKey::new(self.tenant_id.as_str(), self.request_id.as_str())
    }

    /// Whether it hears of events of a type.
    pub fn wants(&self, event_type: EventType) -> bool {
        self.event_types.contains(event_type.name()) || self.event_types.contains(EventType::All.name())
    }

    /// Refuses a subscription that lacks what every one must have.
    pub(super) fn check(&self, operation: &'static str) -> Result<(), Error> {
        check_id(operation, "connection_id", &self.connection_id)?;
        check_id(operation, "user_id", &self.user_id)?;
        self.request_key().check(operation)?;
        if self.event_types.is_empty() {
            let message = "`event_types` is empty; name `progress`, `completed`, `failed` or `*`";
            return Err(Error::validation(operation, "event_types", message));
        }
        match self.event_types.iter().find(|name| EventType::named(name).is_none()) {
            Some(_) => {
                let message = "an event type is unknown; known are `progress`, `completed`, `failed` and `*`";
                Err(Error::validation(operation, "event_types", message))
            }
            None => Ok(()),
        }
    }
}

/// When a subscription made at `now` expires: in whole seconds, as it is stored.
fn expiry(now: Timestamp) -> Timestamp {
    let expiry = now.checked_add(SUBSCRIPTION_TIME_TO_LIVE).unwrap_or(Timestamp::MAX);
    Timestamp::from_unix_seconds(expiry.to_unix_seconds()).unwrap_or(expiry)
}

/// An id without the separator, so that no two pairs of ids join to one text.
fn escaped(id: &str) -> String {
    id.replace('$', "$24").replace('#', "$23")
}
