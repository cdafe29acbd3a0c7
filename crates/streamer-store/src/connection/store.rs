use std::sync::Arc;

use dynamorm::{Condition, Db, PathConditions, Timestamp};

use super::{
    entry::ConnectionEntry,
    list::ConnectionList,
    model::{Connection, expiry},
    ping::{PingGate, PingOutcome},
    removal::{Removal, remove_each},
};
use crate::{
    error::{Error, ErrorKind},
    id::check_id,
    subscription::{SubscriptionStore, Unsubscribed},
};

/// The connections of a database. Cheap to clone.
///
/// | operation | cost |
/// |---|---|
/// | [`save`](Self::save), [`create`](Self::create) | one PutItem |
/// | [`get`](Self::get) | one GetItem |
/// | [`delete`](Self::delete) | one DeleteItem |
/// | [`disconnect`](Self::disconnect) | one DeleteItem, one Query, and one BatchWriteItem for every 25 subscriptions |
/// | [`list_by_user`](Self::list_by_user), [`list_by_tenant`](Self::list_by_tenant) | one Query a page |
/// | [`update_last_ping`](Self::update_last_ping) | at most one UpdateItem a minute and connection |
/// | [`delete_stale`](Self::delete_stale), [`delete_all`](Self::delete_all) | a Scan, and for each that goes a DeleteItem, a Query, and a BatchWriteItem for every 25 subscriptions |
#[derive(Clone, Debug)]
pub struct ConnectionStore {
    db: Db,
    tenant: Option<Arc<str>>,
    pings: Arc<PingGate>,
}

/// What [`ConnectionStore::disconnect`] removed.
#[derive(Debug)]
#[non_exhaustive]
#[must_use = "it says which subscriptions are left"]
pub struct Disconnected {
    /// The connection; `None` if it was gone already.
    pub connection: Option<Connection>,
    /// Its subscriptions: those removed, and those that may be left.
    pub subscriptions: Unsubscribed,
}

impl ConnectionStore {
    pub(crate) fn new(db: Db, pings: Arc<PingGate>) -> Self {
        Self { db, tenant: None, pings }
    }

    /// The same store, narrowed to one tenant: a connection of another one is then absent, in reads by a check and in
    /// writes by a condition.
    #[must_use]
    pub fn for_tenant(&self, tenant_id: impl Into<Arc<str>>) -> Self {
        Self { tenant: Some(tenant_id.into()), ..self.clone() }
    }

    /// The present instant, by the database's clock.
    pub fn now(&self) -> Timestamp {
        self.db.now()
    }

    /// Creates or replaces a connection. `connection` is not changed; without a `ttl` it is stored with one of 24
    /// hours.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for a missing id or endpoint, or a connection of another tenant than the store's;
    /// [`ErrorKind::NotFound`] where it would replace one of another tenant.
    pub async fn save(&self, connection: &Connection) -> Result<(), Error> {
        const OPERATION: &str = "connections.save";
        let connection = self.ready_to_store(OPERATION, connection)?;
        let mut put = self.db.put(&connection);
        if let Some(tenant) = &self.tenant {
            let tenant_id = Connection::fields().tenant_id;
            put = put.only_if(tenant_id.not_exists().or(tenant_id.eq(&**tenant)));
        }
        put.await
            .map_err(|error| Error::from_mapper(OPERATION, error).with_key(&connection.connection_id))?;
        // The next ping is one of another connection, which may expire sooner than the one before.
        self.pings.forget(&connection.connection_id);
        Ok(())
    }

    /// Creates a connection. Without a `ttl` it is stored with one of 24 hours.
    ///
    /// # Errors
    /// [`ErrorKind::AlreadyExists`] if there is one of that id; [`ErrorKind::Validation`] as for
    /// [`save`](Self::save).
    pub async fn create(&self, connection: &Connection) -> Result<(), Error> {
        const OPERATION: &str = "connections.create";
        let connection = self.ready_to_store(OPERATION, connection)?;
        let created = self.db.create(&connection).await;
        created.map_err(|error| Error::from_mapper(OPERATION, error).with_key(&connection.connection_id))?;
        self.pings.forget(&connection.connection_id);
        Ok(())
    }

    fn ready_to_store(&self, operation: &'static str, connection: &Connection) -> Result<Connection, Error> {
        connection.check(operation)?;
        if self.tenant.as_ref().is_some_and(|tenant| **tenant != *connection.tenant_id) {
            let message = "the connection is of another tenant than the store";
            return Err(
                Error::validation(operation, "tenant_id", message).with_key(&connection.connection_id)
            );
        }
        let mut connection = connection.clone();
        connection.ttl.get_or_insert_with(|| expiry(self.now()));
        Ok(connection)
    }

    /// Reads a connection. It may be stale by a moment: see [`get_consistent`](Self::get_consistent).
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if it is absent, has expired or is of another tenant than the store's.
    pub async fn get(&self, connection_id: &str) -> Result<Connection, Error> {
        self.read(connection_id, false).await
    }

    /// Reads a connection as of every write that was acknowledged before; costs twice the capacity.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_consistent(&self, connection_id: &str) -> Result<Connection, Error> {
        self.read(connection_id, true).await
    }

    async fn read(&self, connection_id: &str, is_consistent: bool) -> Result<Connection, Error> {
        const OPERATION: &str = "connections.get";
        check_id(OPERATION, "connection_id", connection_id)?;
        let mut get = self.db.get(Connection::key(connection_id));
        if is_consistent {
            get = get.consistent();
        }
        let found =
            get.await.map_err(|error| Error::from_mapper(OPERATION, error).with_key(connection_id))?;
        found
            .filter(|connection| self.tenant.as_ref().is_none_or(|tenant| **tenant == *connection.tenant_id))
            .ok_or_else(|| Error::not_found(OPERATION, "connection").with_key(connection_id))
    }

    /// Removes a connection and gives it; `None` if it was gone already or is of another tenant than the store's.
    /// Idempotent.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an id that cannot be one, and what the engine answers.
    pub async fn delete(&self, connection_id: &str) -> Result<Option<Connection>, Error> {
        self.remove("connections.delete", connection_id).await
    }

    async fn remove(
        &self,
        operation: &'static str,
        connection_id: &str,
    ) -> Result<Option<Connection>, Error> {
        check_id(operation, "connection_id", connection_id)?;
        let mut delete = self.db.delete(Connection::key(connection_id));
        if let Some(tenant) = &self.tenant {
            delete = delete.only_if(Connection::fields().tenant_id.eq(&**tenant));
        }
        let outcome = match delete.await.map_err(|error| Error::from_mapper(operation, error)) {
            // Another tenant's, perhaps: that one's pings are not this store's to forget.
            Err(error) if *error.kind() == ErrorKind::NotFound => return Ok(None),
            outcome => outcome.map_err(|error| error.with_key(connection_id)),
        };
        self.pings.forget(connection_id);
        outcome
    }

    /// Ends a connection: removes it, and its subscriptions. Idempotent: a second call removes what a first one that
    /// failed half-way has left.
    ///
    /// Open requests of the connection go on; [`cancel_by_connection`](crate::RequestQueue::cancel_by_connection) of the
    /// queue ends them.
    ///
    /// # Errors
    /// As [`delete`](Self::delete).
    pub async fn disconnect(&self, connection_id: &str) -> Result<Disconnected, Error> {
        let connection = self.remove("connections.disconnect", connection_id).await?;
        let subscriptions = self.subscriptions().delete_by_connection(connection_id).await?;
        Ok(Disconnected { connection, subscriptions })
    }

    fn subscriptions(&self) -> SubscriptionStore {
        let subscriptions = SubscriptionStore::new(self.db.clone());
        match &self.tenant {
            Some(tenant) => subscriptions.for_tenant(Arc::clone(tenant)),
            None => subscriptions,
        }
    }

    /// The connections of a user, newest first.
    pub fn list_by_user(&self, user_id: &str) -> ConnectionList {
        ConnectionList::by_user(self.db.clone(), self.tenant.clone(), user_id)
    }

    /// The connections of a tenant, newest first; [`ErrorKind::NotFound`] for another tenant than the store's.
    pub fn list_by_tenant(&self, tenant_id: &str) -> ConnectionList {
        ConnectionList::by_tenant(self.db.clone(), self.tenant.clone(), tenant_id)
    }

    /// Notes that a connection lives: its last ping is now, and it expires 24 hours from now.
    ///
    /// Within a minute of the last one that a store of this factory wrote for the connection, nothing is sent
    /// ([`PingOutcome::Recent`]): that another process has removed it meanwhile, the next write tells.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if the connection is absent, has expired or is of another tenant than the store's: a
    /// late ping never brings it back.
    pub async fn update_last_ping(&self, connection_id: &str) -> Result<PingOutcome, Error> {
        const OPERATION: &str = "connections.update_last_ping";
        check_id(OPERATION, "connection_id", connection_id)?;
        let now = self.now();
        if self.pings.is_recent(connection_id, self.tenant.as_deref(), now) {
            return Ok(PingOutcome::Recent);
        }
        let fields = Connection::fields();
        let mut update = self
            .db
            .update(Connection::key(connection_id))
            .set(fields.last_ping, now)
            .set(fields.ttl, expiry(now));
        if let Some(tenant) = &self.tenant {
            update = update.only_if(fields.tenant_id.eq(&**tenant));
        }
        let pinged = update.returning_new().await;
        let pinged = pinged.map_err(|error| Error::from_mapper(OPERATION, error).with_key(connection_id))?;
        self.pings.note(pinged, now);
        Ok(PingOutcome::Written)
    }

    /// Removes the connections whose last ping was before `before`: a Scan of the table, and for each one conditional delete
    /// and what [`SubscriptionStore::delete_by_connection`] costs. One that is pinged meanwhile stays, with its subscriptions.
    ///
    /// # Errors
    /// When the scan fails. A delete that fails is in the [`Removal`], and the others go on.
    pub async fn delete_stale(&self, before: Timestamp) -> Result<Removal, Error> {
        let last_ping = ConnectionEntry::fields().last_ping;
        self.delete_where("connections.delete_stale", move || last_ping.lt(before.to_string())).await
    }

    /// Removes all connections: what a server does that starts on a database which it alone holds.
    ///
    /// # Errors
    /// As [`delete_stale`](Self::delete_stale).
    pub async fn delete_all(&self) -> Result<Removal, Error> {
        let connection_id = ConnectionEntry::fields().connection_id;
        self.delete_where("connections.delete_all", move || connection_id.exists()).await
    }

    /// Removes the connections that a server holds: what is done for one that died.
    ///
    /// # Errors
    /// As [`delete_stale`](Self::delete_stale).
    pub async fn delete_by_server(&self, server_id: &str) -> Result<Removal, Error> {
        let held_by = ConnectionEntry::fields().server_id;
        let server_id = server_id.to_owned();
        self.delete_where("connections.delete_by_server", move || held_by.eq(server_id.clone())).await
    }

    /// Scans for what `condition` holds for and removes each on that very condition.
    async fn delete_where<C, F>(&self, operation: &'static str, condition: F) -> Result<Removal, Error>
    where
        C: Condition<Model = ConnectionEntry>,
        F: Fn() -> C,
    {
        let mut scan = self.db.scan::<ConnectionEntry>().filter(condition());
        if let Some(tenant) = &self.tenant {
            scan = scan.filter(ConnectionEntry::fields().tenant_id.eq(&**tenant));
        }
        let delete = |id: &str| {
            let delete = self.db.delete(ConnectionEntry::key(id)).only_if(condition());
            match &self.tenant {
                // By now it may be another tenant's of the same id.
                Some(tenant) => delete.only_if(ConnectionEntry::fields().tenant_id.eq(&**tenant)),
                None => delete,
            }
        };
        remove_each(operation, scan.stream(), &self.pings, &self.subscriptions(), delete).await
    }
}
