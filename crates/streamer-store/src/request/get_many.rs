use super::{
    key::RequestKey,
    model::AsyncRequest,
    queue::{RequestQueue, item_key},
};
use crate::error::Error;

/// What a read of several requests gave. Every key that was asked for is in one of the three.
#[derive(Debug, Default)]
#[non_exhaustive]
#[must_use = "keys may be left unread"]
pub struct RequestsRead {
    /// Those that are there.
    pub found: Vec<AsyncRequest>,
    /// Those that are absent, or have expired.
    pub missing: Vec<RequestKey>,
    /// Those of which nothing is known: the engine did not answer for them.
    pub unread: Vec<RequestKey>,
}

impl RequestQueue {
    /// Reads requests, as of every write that was acknowledged before; each key once, however often it is asked for. One
    /// BatchGetItem for every 100, and more where together they have more than 16 MB.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`](crate::ErrorKind::Validation) for an id that cannot be one,
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) for a key of another tenant than the queue's. What could not be
    /// read is in the answer.
    pub async fn get_many(&self, keys: impl IntoIterator<Item = &RequestKey>) -> Result<RequestsRead, Error> {
        const OPERATION: &str = "requests.get_many";
        let mut wanted = Vec::new();
        for key in keys {
            self.check(OPERATION, key)?;
            wanted.push(item_key(key));
        }
        let got = self.db.batch_get(wanted).consistent().await;
        let got = got.map_err(|error| Error::from_mapper(OPERATION, error))?;
        let key_of = |key: &<AsyncRequest as dynamorm::Model>::Key| {
            RequestKey::new(key.tenant_id.as_str(), key.request_id.as_str())
        };
        Ok(RequestsRead {
            found: got.found,
            missing: got.missing.iter().map(key_of).collect(),
            unread: got.unread.iter().map(|unread| key_of(&unread.key)).collect(),
        })
    }
}
