use std::sync::Arc;

use dynamorm::{
    Condition, Cursor, Db, Filter, ItemStream, PathConditions as _, Projection,
    verb::{Page, Query},
};

use super::{
    event_type::EventType,
    model::{
        Subscription,
        subscription_schema::{Primary, RequestIndex},
    },
};
use crate::{error::Error, id::check_id, request::RequestKey};

/// How many subscriptions a page holds unless said otherwise.
const DEFAULT_PAGE_SIZE: u32 = 100;

/// The subscriptions of a connection or to a request: ended by [`page`](Self::page), [`take`](Self::take) or
/// [`stream`](Self::stream).
#[derive(Clone, Debug)]
#[must_use = "nothing is sent until it is ended by `page`, `take` or `stream`"]
pub struct SubscriptionList {
    db: Db,
    tenant: Option<Arc<str>>,
    by: By,
    wanting: Option<EventType>,
    page_size: u32,
    after: Option<Cursor>,
    is_consistent: bool,
}

#[derive(Clone, Debug)]
enum By {
    Connection(String),
    Request(RequestKey),
}

/// Which subscription: all that a removal reads of one.
#[derive(Clone, Debug, Projection)]
#[dynamorm(model = Subscription)]
pub(super) struct SubscriptionEntry {
    pub(super) connection_id: String,
    pub(super) request_id: String,
}

impl SubscriptionList {
    pub(super) fn by_connection(db: Db, tenant: Option<Arc<str>>, connection_id: String) -> Self {
        Self::new(db, tenant, By::Connection(connection_id))
    }

    pub(super) fn by_request(db: Db, tenant: Option<Arc<str>>, request: RequestKey) -> Self {
        Self::new(db, tenant, By::Request(request))
    }

    fn new(db: Db, tenant: Option<Arc<str>>, by: By) -> Self {
        Self {
            db,
            tenant,
            by,
            wanting: None,
            page_size: DEFAULT_PAGE_SIZE,
            after: None,
            is_consistent: false,
        }
    }

    /// Those alone that hear of events of this type.
    pub fn wanting(mut self, event_type: EventType) -> Self {
        self.wanting = Some(event_type);
        self
    }

    /// How many subscriptions are read for a page at most; 100 otherwise.
    pub fn page_size(mut self, subscriptions: u32) -> Self {
        self.page_size = subscriptions;
        self
    }

    /// Goes on where a page ended: takes a page's `next`, or a cursor's text.
    pub fn after(mut self, cursor: impl Into<Option<Cursor>>) -> Self {
        self.after = cursor.into();
        self
    }

    /// Sees every write that was acknowledged before, of a connection's, and costs twice the capacity; those to a request
    /// are read from an index, which is a little behind.
    pub fn consistent(mut self) -> Self {
        self.is_consistent = true;
        self
    }

    /// One page: one request. It may be empty although a next one exists.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) for an id that cannot be one,
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for a request of another tenant than the store's,
    /// [`ErrorKind::Cursor`](crate::ErrorKind::Cursor) for a cursor of another list.
    pub async fn page(self) -> Result<Page<Subscription>, Error> {
        self.check()?;
        let page = match &self.by {
            By::Connection(id) => self.of_connection(id).page().await,
            By::Request(key) => self.of_request(key).page().await,
        };
        page.map_err(|error| self.failed(error))
    }

    /// At most `limit` subscriptions, read in as many requests as that takes.
    ///
    /// # Errors
    /// As [`page`](Self::page).
    pub async fn take(self, limit: usize) -> Result<Vec<Subscription>, Error> {
        self.check()?;
        let matches = match &self.by {
            By::Connection(id) => self.of_connection(id).take(limit).await,
            By::Request(key) => self.of_request(key).take(limit).await,
        };
        matches.map(|matches| matches.items).map_err(|error| self.failed(error))
    }

    /// All subscriptions, one after the other, the next page fetched ahead. Its errors are those of the mapper.
    ///
    /// # Errors
    /// As [`page`](Self::page), but for the cursor's, which is the stream's first.
    pub fn stream(self) -> Result<ItemStream<Subscription>, Error> {
        self.check()?;
        Ok(match &self.by {
            By::Connection(id) => self.of_connection(id).stream(),
            By::Request(key) => self.of_request(key).stream(),
        })
    }

    /// One page of a connection's, their keys alone.
    pub(super) async fn keys(self, operation: &'static str) -> Result<Page<SubscriptionEntry>, Error> {
        self.check()?;
        let By::Connection(id) = &self.by else {
            return Err(Error::not_found(operation, "connection"));
        };
        let page = self.of_connection(id).project::<SubscriptionEntry>().page().await;
        page.map_err(|error| Error::from_mapper(operation, error).with_key(id))
    }

    fn of_connection(&self, connection_id: &str) -> Query<Primary> {
        let mut query = self.db.query(Subscription::partition(connection_id)).filter(self.filter());
        if self.is_consistent {
            query = query.consistent();
        }
        query.page_size(self.page_size).after(self.after.clone())
    }

    fn of_request(&self, request: &RequestKey) -> Query<RequestIndex> {
        let partition = Subscription::by_request(request.tenant_id.as_str(), request.request_id.as_str());
        self.db.query(partition).filter(self.filter()).page_size(self.page_size).after(self.after.clone())
    }

    fn filter<Ix>(&self) -> Filter<Subscription, Ix> {
        let fields = Subscription::fields();
        let mut filter = Filter::new();
        if let Some(tenant) = &self.tenant {
            filter = filter.and(fields.tenant_id.eq(tenant.to_string()));
        }
        if let Some(event_type) = self.wanting {
            let wants = |name: &str| fields.event_types.contains(name.to_owned());
            filter = filter.and(wants(event_type.name()).or(wants(EventType::All.name())));
        }
        filter
    }

    fn check(&self) -> Result<(), Error> {
        match &self.by {
            By::Connection(id) => check_id(self.operation(), "connection_id", id),
            By::Request(key) => {
                key.check(self.operation())?;
                match &self.tenant {
                    Some(tenant) if **tenant != *key.tenant_id => {
                        Err(Error::not_found(self.operation(), "request").with_key(key))
                    }
                    _ => Ok(()),
                }
            }
        }
    }

    fn failed(&self, error: dynamorm::Error) -> Error {
        let error = Error::from_mapper(self.operation(), error);
        match &self.by {
            By::Connection(id) => error.with_key(id),
            By::Request(key) => error.with_key(key),
        }
    }

    fn operation(&self) -> &'static str {
        match self.by {
            By::Connection(_) => "subscriptions.by_connection",
            By::Request(_) => "subscriptions.by_request",
        }
    }
}
