use dynamorm::Projection;

use super::{
    json::Json, key::RequestKey, model::AsyncRequest, queue::RequestQueue, requests_read::RequestsRead,
    status::RequestStatus,
};
use crate::error::Error;

/// How far a request is: what its client is told until it ends, without what it was submitted with and what came of it.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = AsyncRequest)]
pub struct RequestProgress {
    /// The tenant it is of.
    pub tenant_id: String,
    /// Its id.
    pub request_id: String,
    /// Where it stands.
    pub status: RequestStatus,
    /// How far it is, 0 to 100; `None` before its worker has said so.
    pub progress: Option<u8>,
    /// What it is doing.
    pub progress_message: Option<String>,
    /// More about that.
    pub progress_details: Option<Json>,
}

impl RequestProgress {
    /// Its key as a value.
    pub fn request_key(&self) -> RequestKey {
        RequestKey::new(self.tenant_id.as_str(), self.request_id.as_str())
    }
}

impl RequestQueue {
    /// Reads how far requests are, as of every write that was acknowledged before; each key once, however often it is asked
    /// for. The capacity and the requests are those of [`get_many`](Self::get_many): one BatchGetItem for every 100, and more
    /// where together they are stored in more than 16 MB. No payload and no result comes along.
    ///
    /// # Errors
    /// As [`get_many`](Self::get_many).
    pub async fn progress_of_many(
        &self,
        keys: impl IntoIterator<Item = &RequestKey>,
    ) -> Result<RequestsRead<RequestProgress>, Error> {
        const OPERATION: &str = "requests.progress_of_many";
        let keys = self.item_keys(OPERATION, keys)?;
        let got = self.db.batch_get(keys).project::<RequestProgress>().consistent().await;
        got.map(RequestsRead::of).map_err(|error| Error::from_mapper(OPERATION, error))
    }
}
