use std::future::IntoFuture;

use dynamorm::ItemStream;

use super::{entry::ConnectionEntry, ping::PingGate};
use crate::{
    error::{Error, ErrorKind},
    subscription::{SubscriptionStore, Unsubscribed},
};

/// What an operation that removes many connections did.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "it says which removals failed"]
pub struct Removal {
    /// How many were removed.
    pub removed: u64,
    /// How many were kept because they changed between the scan and the removal.
    pub kept: u64,
    /// Those that could not be removed.
    pub failed: Vec<RemovalFailure>,
}

/// A connection that could not be removed, or whose subscriptions could not: those expire by themselves.
#[derive(Debug)]
#[non_exhaustive]
pub struct RemovalFailure {
    /// Its id.
    pub connection_id: String,
    /// Why.
    pub error: Error,
}

/// Removes each connection of a stream by `delete`, which says on what condition, and then what it subscribed to.
pub(super) async fn remove_each<D>(
    operation: &'static str,
    mut connections: ItemStream<ConnectionEntry>,
    pings: &PingGate,
    subscriptions: &SubscriptionStore,
    delete: impl Fn(&str) -> D,
) -> Result<Removal, Error>
where
    D: IntoFuture<Output = Result<Option<ConnectionEntry>, dynamorm::Error>>,
{
    let mut removal = Removal::default();
    while let Some(connection) =
        connections.try_next().await.map_err(|error| Error::from_mapper(operation, error))?
    {
        let id = connection.connection_id;
        match delete(&id).await.map_err(|error| Error::from_mapper(operation, error)) {
            Ok(Some(_)) => {
                pings.forget(&id);
                removal.removed += 1;
                let unsubscribed = subscriptions.delete_by_connection(&id).await;
                if let Err(error) = unsubscribed.and_then(Unsubscribed::complete) {
                    removal.failed.push(RemovalFailure { connection_id: id, error });
                }
            }
            // Gone by itself meanwhile.
            Ok(None) => {}
            Err(error) if *error.kind() == ErrorKind::NotFound => removal.kept += 1,
            Err(error) => {
                let error = error.with_key(&id);
                removal.failed.push(RemovalFailure { connection_id: id, error });
            }
        }
    }
    Ok(removal)
}
