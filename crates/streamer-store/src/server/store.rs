use std::time::Duration;

use dynamorm::{Db, PathConditions, Timestamp};

use super::ServerPresence;
use crate::{connection::ConnectionStore, error::Error};

/// A server is dead after this many intervals without a heartbeat.
pub const MISSED_HEARTBEATS: u32 = 3;

/// The servers that share a database. Cheap to clone.
///
/// On a shared engine each server [announces](Self::announce) itself, [beats](Self::beat) every interval, and
/// [removes](Self::remove_dead) what servers without a heartbeat for three intervals left.
#[derive(Clone, Debug)]
pub struct ServerStore {
    db: Db,
}

impl ServerStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Says that a server runs and beats every `interval`. One PutItem.
    ///
    /// # Errors
    /// What the engine answers.
    pub async fn announce(&self, server_id: &str, interval: Duration) -> Result<(), Error> {
        let now = self.db.now();
        let presence = ServerPresence {
            server_id: server_id.to_owned(),
            started_at: now,
            heartbeat_at: now,
            interval_seconds: u32::try_from(interval.as_secs()).unwrap_or(u32::MAX).max(1),
            taken_for_dead_at: None,
        };
        let put = self.db.put(&presence).await;
        put.map_err(|error| Error::from_mapper("servers.announce", error).with_key(server_id))
    }

    /// A heartbeat. One UpdateItem.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if the server was taken for dead: its connections are being
    /// removed, and it has to [announce](Self::announce) itself anew, under another id.
    pub async fn beat(&self, server_id: &str) -> Result<(), Error> {
        let fields = ServerPresence::fields();
        let update = self
            .db
            .update(ServerPresence::key(server_id))
            .set(fields.heartbeat_at, self.db.now())
            .only_if(fields.taken_for_dead_at.not_exists())
            .await;
        update.map_err(|error| Error::from_mapper("servers.beat", error).with_key(server_id))
    }

    /// Says that a server has stopped in good order. Idempotent. One DeleteItem.
    ///
    /// # Errors
    /// What the engine answers.
    pub async fn withdraw(&self, server_id: &str) -> Result<(), Error> {
        let delete = self.db.delete(ServerPresence::key(server_id)).await;
        delete.map(drop).map_err(|error| Error::from_mapper("servers.withdraw", error).with_key(server_id))
    }

    /// The servers that are known, dead ones too. A Scan of the system table, which is small.
    ///
    /// # Errors
    /// What the engine answers.
    pub async fn list(&self) -> Result<Vec<ServerPresence>, Error> {
        let mut stream = self.db.scan::<ServerPresence>().consistent().stream();
        let mut servers = Vec::new();
        while let Some(server) =
            stream.try_next().await.map_err(|error| Error::from_mapper("servers.list", error))?
        {
            servers.push(server);
        }
        Ok(servers)
    }

    /// Removes the connections of every dead server, then the server; gives the ids of those that are done with.
    ///
    /// A server is first marked as dead, on the condition that no heartbeat came meanwhile, so that one that lives on
    /// finds out at its next heartbeat. Whoever comes next goes on where this process dies or a removal fails. For each
    /// dead server: one UpdateItem, what [`ConnectionStore::delete_by_server`] costs, one DeleteItem.
    ///
    /// # Errors
    /// What the engine answers.
    pub async fn remove_dead(&self, connections: &ConnectionStore) -> Result<Vec<String>, Error> {
        let now = self.db.now();
        let mut done = Vec::new();
        for server in self.list().await? {
            let is_marked = server.taken_for_dead_at.is_some();
            if !is_marked && (!is_dead(&server, now) || !self.mark_dead(&server, now).await?) {
                continue;
            }
            // Where a removal fails, the mark stays and the next look goes on.
            if connections.delete_by_server(&server.server_id).await?.failed.is_empty() {
                self.withdraw(&server.server_id).await?;
                done.push(server.server_id);
            }
        }
        Ok(done)
    }

    /// Takes a server for dead; `false` if it beat meanwhile or is gone.
    async fn mark_dead(&self, server: &ServerPresence, now: Timestamp) -> Result<bool, Error> {
        use dynamorm::ErrorKind::{ConditionFailed, NotFound};

        let fields = ServerPresence::fields();
        let marked = self
            .db
            .update(ServerPresence::key(server.server_id.as_str()))
            .set(fields.taken_for_dead_at, now)
            .only_if(fields.heartbeat_at.eq(server.heartbeat_at))
            .await;
        match marked {
            Ok(()) => Ok(true),
            Err(error) if matches!(error.kind(), ConditionFailed | NotFound) => Ok(false),
            Err(error) => Err(Error::from_mapper("servers.remove_dead", error).with_key(&server.server_id)),
        }
    }
}

fn is_dead(server: &ServerPresence, now: Timestamp) -> bool {
    let silence = Duration::from_secs(u64::from(server.interval_seconds)) * MISSED_HEARTBEATS;
    server.heartbeat_at.checked_add(silence).is_some_and(|until| until < now)
}
