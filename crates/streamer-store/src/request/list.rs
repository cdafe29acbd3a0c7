use std::sync::Arc;

use dynamorm::{
    Cursor, Db, Index, ItemStream, PathConditions as _,
    verb::{Page, Query},
};

use super::{model::AsyncRequest, queue::RequestQueue};
use crate::{error::Error, id::check_id};

/// How many requests a page holds unless said otherwise.
const DEFAULT_PAGE_SIZE: u32 = 100;

/// The requests of a connection, a user or a tenant, newest first: ended by [`page`](Self::page), [`take`](Self::take) or
/// [`stream`](Self::stream).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is ended by `page`, `take` or `stream`"]
pub struct RequestList {
    db: Db,
    tenant: Option<Arc<str>>,
    by: By,
    page_size: u32,
    after: Option<Cursor>,
}

#[derive(Clone, Debug)]
enum By {
    Connection(String),
    User(String),
    Tenant(String),
}

impl RequestQueue {
    /// The requests that were submitted on a connection, newest first.
    pub fn by_connection(&self, connection_id: impl Into<String>) -> RequestList {
        self.list(By::Connection(connection_id.into()))
    }

    /// The requests of a user, newest first.
    pub fn by_user(&self, user_id: impl Into<String>) -> RequestList {
        self.list(By::User(user_id.into()))
    }

    /// The requests of a tenant, newest first; [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for another tenant
    /// than the queue's.
    pub fn by_tenant(&self, tenant_id: impl Into<String>) -> RequestList {
        self.list(By::Tenant(tenant_id.into()))
    }

    fn list(&self, by: By) -> RequestList {
        let (db, tenant) = (self.db.clone(), self.tenant.clone());
        RequestList { db, tenant, by, page_size: DEFAULT_PAGE_SIZE, after: None }
    }
}

/// Ends a query of any of the indexes in one way.
macro_rules! query {
    ($list:expr, |$query:ident| $end:expr) => {
        match &$list.by {
            By::Connection(id) => {
                let mut query = $list.db.query(AsyncRequest::by_connection(id.as_str()));
                if let Some(tenant) = &$list.tenant {
                    query = query.filter(AsyncRequest::fields().tenant_id.eq(&**tenant));
                }
                let $query = $list.set_up(query.hydrate());
                $end
            }
            By::User(id) => {
                let mut query = $list.db.query(AsyncRequest::by_user(id.as_str()));
                if let Some(tenant) = &$list.tenant {
                    query = query.filter(AsyncRequest::fields().tenant_id.eq(&**tenant));
                }
                let $query = $list.set_up(query.hydrate());
                $end
            }
            By::Tenant(id) => {
                let $query = $list.set_up($list.db.query(AsyncRequest::by_tenant(id.as_str())).hydrate());
                $end
            }
        }
    };
}

impl RequestList {
    /// How many requests are read for a page at most; 100 otherwise.
    pub fn page_size(mut self, requests: u32) -> Self {
        self.page_size = requests;
        self
    }

    /// Goes on where a page ended: takes a page's `next`, or a cursor's text.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// One page. It may be empty although a next one exists.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) for an id that cannot be one,
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for another tenant than the queue's,
    /// [`ErrorKind::Cursor`](crate::ErrorKind::Cursor) for a cursor of another list.
    pub async fn page(self) -> Result<Page<AsyncRequest>, Error> {
        self.check()?;
        let page = query!(self, |query| query.page().await);
        page.map_err(|error| self.failed(error))
    }

    /// At most `limit` requests, read in as many pages as that takes.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn take(self, limit: usize) -> Result<Vec<AsyncRequest>, Error> {
        self.check()?;
        let matches = query!(self, |query| query.take(limit).await);
        matches.map(|matches| matches.items).map_err(|error| self.failed(error))
    }

    /// All requests, one after the other, the next page fetched ahead. Its errors are those of the mapper.
    ///
    /// # Errors
    /// As [`page`](Self::page), but for the cursor's, which is the stream's first.
    pub fn stream(self) -> Result<ItemStream<AsyncRequest>, Error> {
        self.check()?;
        Ok(query!(self, |query| query.stream()))
    }

    fn set_up<Ix: Index>(&self, query: Query<Ix>) -> Query<Ix> {
        query.descending().page_size(self.page_size).after(self.after.clone())
    }

    fn check(&self) -> Result<(), Error> {
        let operation = self.operation();
        match &self.by {
            By::Connection(id) => check_id(operation, "connection_id", id),
            By::User(id) => check_id(operation, "user_id", id),
            By::Tenant(id) => {
                check_id(operation, "tenant_id", id)?;
                match &self.tenant {
                    Some(tenant) if **tenant != **id => {
                        Err(Error::not_found(operation, "tenant").with_key(id))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn failed(&self, error: dynamorm::Error) -> Error {
        let (By::Connection(key) | By::User(key) | By::Tenant(key)) = &self.by;
        Error::from_mapper(self.operation(), error).with_key(key)
    }

    fn operation(&self) -> &'static str {
        match self.by {
            By::Connection(_) => "requests.by_connection",
            By::User(_) => "requests.by_user",
            By::Tenant(_) => "requests.by_tenant",
        }
    }
}
