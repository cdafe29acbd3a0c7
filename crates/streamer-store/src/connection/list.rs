use std::sync::Arc;

use dynamorm::{
    Cursor, Db, ItemStream, PathConditions,
    verb::{Page, Query},
};

use super::model::{
    Connection,
    connection_schema::{TenantIndex, UserIndex},
};
use crate::{error::Error, id::check_id};

/// The connections of a user or a tenant, newest first: ended by [`page`](Self::page) or [`stream`](Self::stream).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is ended by `page` or `stream`"]
pub struct ConnectionList {
    db: Db,
    tenant: Option<Arc<str>>,
    by: By,
    page_size: u32,
    after: Option<Cursor>,
}

#[derive(Clone, Debug)]
enum By {
    User(String),
    Tenant(String),
}

/// How many connections a page holds unless said otherwise.
const DEFAULT_PAGE_SIZE: u32 = 100;

impl ConnectionList {
    pub(super) fn by_user(db: Db, tenant: Option<Arc<str>>, user_id: &str) -> Self {
        let by = By::User(user_id.to_owned());
        Self { db, tenant, by, page_size: DEFAULT_PAGE_SIZE, after: None }
    }

    pub(super) fn by_tenant(db: Db, tenant: Option<Arc<str>>, tenant_id: &str) -> Self {
        let by = By::Tenant(tenant_id.to_owned());
        Self { db, tenant, by, page_size: DEFAULT_PAGE_SIZE, after: None }
    }

    /// How many connections are read for a page at most; 100 otherwise.
    pub fn page_size(mut self, connections: u32) -> Self {
        self.page_size = connections;
        self
    }

    /// Goes on where a page ended: takes a page's `next`, or a cursor's text.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// One page: one request. It may be empty although a next one exists.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) for an id that cannot be one,
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for another tenant than the store's,
    /// [`ErrorKind::Cursor`](crate::ErrorKind::Cursor) for a cursor of another list.
    pub async fn page(self) -> Result<Page<Connection>, Error> {
        self.check()?;
        let page = match &self.by {
            By::User(user_id) => self.user_query(user_id).page().await,
            By::Tenant(tenant_id) => self.tenant_query(tenant_id).page().await,
        };
        page.map_err(|error| self.failed(error))
    }

    /// At most `limit` connections, read in as many requests as that takes.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn take(self, limit: usize) -> Result<Vec<Connection>, Error> {
        self.check()?;
        let matches = match &self.by {
            By::User(user_id) => self.user_query(user_id).take(limit).await,
            By::Tenant(tenant_id) => self.tenant_query(tenant_id).take(limit).await,
        };
        matches.map(|matches| matches.items).map_err(|error| self.failed(error))
    }

    /// All connections, one after the other, the next page fetched ahead. Its errors are those of the mapper.
    ///
    /// # Errors
    /// As [`page`](Self::page), but for the cursor's, which is the stream's first.
    pub fn stream(self) -> Result<ItemStream<Connection>, Error> {
        self.check()?;
        Ok(match &self.by {
            By::User(user_id) => self.user_query(user_id).stream(),
            By::Tenant(tenant_id) => self.tenant_query(tenant_id).stream(),
        })
    }

    fn user_query(&self, user_id: &str) -> Query<UserIndex> {
        let query = self.db.query(Connection::by_user(user_id));
        let query = match &self.tenant {
            Some(tenant) => query.filter(Connection::fields().tenant_id.eq(&**tenant)),
            None => query,
        };
        query.descending().page_size(self.page_size).after(self.after.clone())
    }

    fn tenant_query(&self, tenant_id: &str) -> Query<TenantIndex> {
        let query = self.db.query(Connection::by_tenant(tenant_id));
        query.descending().page_size(self.page_size).after(self.after.clone())
    }

    fn check(&self) -> Result<(), Error> {
        match &self.by {
            By::User(user_id) => check_id(self.operation(), "user_id", user_id),
            By::Tenant(tenant_id) => {
                check_id(self.operation(), "tenant_id", tenant_id)?;
                match &self.tenant {
                    Some(tenant) if **tenant != **tenant_id => {
                        Err(Error::not_found(self.operation(), "tenant").with_key(tenant_id))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn failed(&self, error: dynamorm::Error) -> Error {
        let (By::User(key) | By::Tenant(key)) = &self.by;
        Error::from_mapper(self.operation(), error).with_key(key)
    }

    fn operation(&self) -> &'static str {
        match self.by {
            By::User(_) => "connections.list_by_user",
            By::Tenant(_) => "connections.list_by_tenant",
        }
    }
}
