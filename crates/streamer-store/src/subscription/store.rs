use std::sync::Arc;

use dynamorm::{Condition as _, Db, PathConditions as _, Timestamp, verb::Put};

use super::{list::SubscriptionList, model::Subscription};
use crate::{
    connection::Connection,
    error::{Error, ErrorKind},
    id::check_id,
    request::{AsyncRequest, RequestKey},
};

/// The subscriptions of a database. Cheap to clone.
///
/// | operation | cost |
/// |---|---|
/// | [`subscribe`](Self::subscribe) | one PutItem |
/// | [`subscribe_checked`](Self::subscribe_checked) | one TransactWriteItems of three items |
/// | [`unsubscribe`](Self::unsubscribe), [`remove`](Self::remove) | one DeleteItem |
/// | [`by_connection`](Self::by_connection), [`by_request`](Self::by_request) | one Query a page |
/// | [`count_by_connection`](Self::count_by_connection) | one Query a page of 1 MB |
/// | [`delete_by_connection`](Self::delete_by_connection) | one Query a page, one BatchWriteItem for every 25 |
#[derive(Clone, Debug)]
pub struct SubscriptionStore {
    pub(super) db: Db,
    pub(super) tenant: Option<Arc<str>>,
}

/// What [`SubscriptionStore::delete_by_connection`] did.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "it says which subscriptions are left"]
pub struct Unsubscribed {
    /// How many are removed.
    pub removed: u64,
    /// Those that may be left, each with the reason.
    pub failed: Vec<UnsubscribeFailure>,
}

impl Unsubscribed {
    /// How many are removed, where none is left.
    ///
    /// # Errors
    /// Why the first was not removed that may be left.
    pub fn complete(self) -> Result<u64, Error> {
        self.failed.into_iter().next().map_or(Ok(self.removed), |failure| Err(failure.error))
    }
}

/// A subscription that may be left.
#[derive(Debug)]
#[non_exhaustive]
pub struct UnsubscribeFailure {
    /// Its request's id.
    pub request_id: String,
    /// Why.
    pub error: Error,
}

impl SubscriptionStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db, tenant: None }
    }

    /// The same store, narrowed to one tenant: the subscriptions of another one are then absent.
    #[must_use]
    pub fn for_tenant(&self, tenant_id: impl Into<Arc<str>>) -> Self {
        Self { tenant: Some(tenant_id.into()), ..self.clone() }
    }

    /// The present instant, by the database's clock.
    pub fn now(&self) -> Timestamp {
        self.db.now()
    }

    /// Has a connection hear of a request, in place of what it heard of it before. Idempotent.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an id that cannot be one, no event type, an unknown one, or a tenant other than the
    /// store's; [`ErrorKind::NotFound`] where it would replace one of another tenant.
    pub async fn subscribe(&self, subscription: &Subscription) -> Result<(), Error> {
        const OPERATION: &str = "subscriptions.subscribe";
        self.check(OPERATION, subscription)?;
        let put = put(&self.db, self.tenant.as_deref(), subscription).await;
        put.map_err(|error| Error::from_mapper(OPERATION, error).with_key(&subscription.subscription_id))
    }

    /// The same, if the connection and the request are there and of the subscription's tenant: all in one transaction.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] where one of them is not, and as [`subscribe`](Self::subscribe).
    pub async fn subscribe_checked(&self, subscription: &Subscription) -> Result<(), Error> {
        const OPERATION: &str = "subscriptions.subscribe_checked";
        self.check(OPERATION, subscription)?;
        let connection = Connection::key(subscription.connection_id.as_str());
        let request = AsyncRequest::key(subscription.tenant_id.as_str(), subscription.request_id.as_str());
        let written = self
            .db
            .transact()
            .check(connection, Connection::fields().tenant_id.eq(subscription.tenant_id.as_str()))
            .label("connection")
            .check(request, AsyncRequest::fields().request_id.exists())
            .label("request")
            .action(put(&self.db, self.tenant.as_deref(), subscription))
            .label("subscription")
            .await;
        written.map_err(|error| {
            let labels = ["connection", "request", "subscription"];
            let missing = labels.into_iter().find(|label| error.failed_action(label).is_some());
            let error = match missing {
                Some(what)
                    if matches!(
                        error.kind(),
                        dynamorm::ErrorKind::ConditionFailed | dynamorm::ErrorKind::NotFound
                    ) =>
                {
                    Error::not_found(OPERATION, what)
                }
                _ => Error::from_mapper(OPERATION, error),
            };
            error.with_key(&subscription.subscription_id)
        })
    }

    fn check(&self, operation: &'static str, subscription: &Subscription) -> Result<(), Error> {
        subscription.check(operation)?;
        if self.tenant.as_ref().is_some_and(|tenant| **tenant != *subscription.tenant_id) {
            let message = "the subscription is of another tenant than the store";
            return Err(Error::validation(operation, "tenant_id", message));
        }
        Ok(())
    }

    /// Has a connection no longer hear of a request. Idempotent; says whether it did before.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an id that cannot be one.
    pub async fn unsubscribe(&self, connection_id: &str, request_id: &str) -> Result<bool, Error> {
        const OPERATION: &str = "subscriptions.unsubscribe";
        check_id(OPERATION, "connection_id", connection_id)?;
        check_id(OPERATION, "request_id", request_id)?;
        let mut delete = self.db.delete(Subscription::key(connection_id, request_id));
        if let Some(tenant) = &self.tenant {
            delete = delete.only_if(Subscription::fields().tenant_id.eq(&**tenant));
        }
        match delete.await.map_err(|error| Error::from_mapper(OPERATION, error)) {
            Ok(removed) => Ok(removed.is_some()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.with_key(connection_id)),
        }
    }

    /// Removes a subscription as it was read: one that was made anew since stays. Idempotent; says whether it was there.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an id that cannot be one.
    pub async fn remove(&self, subscription: &Subscription) -> Result<bool, Error> {
        const OPERATION: &str = "subscriptions.remove";
        self.check(OPERATION, subscription)?;
        let key = Subscription::key(subscription.connection_id.as_str(), subscription.request_id.as_str());
        let fields = Subscription::fields();
        let is_same = fields.created_at.eq(subscription.created_at);
        let is_same = is_same.and(fields.tenant_id.eq(subscription.tenant_id.as_str()));
        let removed = self.db.delete(key).only_if(is_same).await;
        match removed.map_err(|error| Error::from_mapper(OPERATION, error)) {
            Ok(removed) => Ok(removed.is_some()),
            Err(error) if *error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error.with_key(&subscription.subscription_id)),
        }
    }

    /// What a connection hears of, by the requests' ids.
    pub fn by_connection(&self, connection_id: impl Into<String>) -> SubscriptionList {
        SubscriptionList::by_connection(self.db.clone(), self.tenant.clone(), connection_id.into())
    }

    /// Who hears of a request, the first subscriber first; [`wanting`](SubscriptionList::wanting) those of one event type.
    pub fn by_request(&self, request: RequestKey) -> SubscriptionList {
        SubscriptionList::by_request(self.db.clone(), self.tenant.clone(), request)
    }

    /// Of how many requests a connection hears.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for an id that cannot be one.
    pub async fn count_by_connection(&self, connection_id: &str) -> Result<u64, Error> {
        const OPERATION: &str = "subscriptions.count_by_connection";
        check_id(OPERATION, "connection_id", connection_id)?;
        let mut query = self.db.query(Subscription::partition(connection_id));
        if let Some(tenant) = &self.tenant {
            query = query.filter(Subscription::fields().tenant_id.eq(&**tenant));
        }
        let count = query.consistent().count().await;
        count.map_err(|error| Error::from_mapper(OPERATION, error).with_key(connection_id))
    }

    /// Has a connection hear of nothing any more. Idempotent: a call after one that failed half-way removes what that left.
    ///
    /// # Errors
    /// When the subscriptions cannot be listed; those that could not be removed are in the outcome.
    pub async fn delete_by_connection(&self, connection_id: &str) -> Result<Unsubscribed, Error> {
        const OPERATION: &str = "subscriptions.delete_by_connection";
        let failed = |error| Error::from_mapper(OPERATION, error).with_key(connection_id);
        let mut outcome = Unsubscribed::default();
        let mut after = None;
        loop {
            let page = self.by_connection(connection_id).consistent().after(after).keys(OPERATION).await?;
            if !page.items.is_empty() {
                let keys = page
                    .items
                    .iter()
                    .map(|found| Subscription::key(found.connection_id.as_str(), found.request_id.as_str()));
                let mut batch = self.db.batch_write();
                for key in keys {
                    batch = batch.delete(key);
                }
                let written = batch.await.map_err(failed)?;
                outcome.removed += u64::try_from(written.written).unwrap_or(u64::MAX);
                for (key, unwritten) in written.unwritten_of::<Subscription>() {
                    let error = Error::new(ErrorKind::Unavailable, OPERATION, unwritten.reason.to_string());
                    outcome.failed.push(UnsubscribeFailure { request_id: key.request_id.clone(), error });
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(outcome);
            }
        }
    }
}

/// The write of a subscription. That of a store of one tenant replaces none of another.
pub(super) fn put<'a>(
    db: &Db,
    tenant: Option<&str>,
    subscription: &'a Subscription,
) -> Put<'a, Subscription> {
    let put = db.put(subscription);
    match tenant {
        Some(tenant) => {
            let tenant_id = Subscription::fields().tenant_id;
            put.only_if(tenant_id.not_exists().or(tenant_id.eq(tenant)))
        }
        None => put,
    }
}
