use super::{key::RequestKey, queue::RequestQueue, requests_read::RequestsRead};
use crate::error::Error;

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
        let keys = self.item_keys(OPERATION, keys)?;
        let got = self.db.batch_get(keys).consistent().await;
        got.map(RequestsRead::of).map_err(|error| Error::from_mapper(OPERATION, error))
    }
}
