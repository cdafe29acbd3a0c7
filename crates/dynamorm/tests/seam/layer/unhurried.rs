use std::sync::{Arc, Mutex};

use bytes::Bytes;
use dynamorm::transport::{
    BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
};
use serde_json::{Value, json};

/// Changes tables as DynamoDB does, not at once: the description lags behind a change, then says that it is under way,
/// and until it is done every other change is refused.
#[derive(Clone, Debug)]
pub(crate) struct Unhurried<T> {
    below: T,
    /// The looks at the table for which a change is under way.
    looks: usize,
    change: Arc<Mutex<Option<Change>>>,
}

#[derive(Clone, Debug)]
struct Change {
    /// The description before it, until it was looked at.
    before: Option<Bytes>,
    looks_left: usize,
}

impl<T: Transport> Unhurried<T> {
    pub(crate) fn over(below: T, looks: usize) -> Self {
        Self { below, looks, change: Arc::default() }
    }

    async fn describe(&self, request: Request) -> Result<Response, TransportError> {
        let change = {
            let mut change = self.change.lock().unwrap();
            let now = change.clone();
            *change = match change.take() {
                Some(Change { before: Some(_), looks_left }) => Some(Change { before: None, looks_left }),
                Some(Change { before: None, looks_left }) if looks_left > 1 => {
                    Some(Change { before: None, looks_left: looks_left - 1 })
                }
                _ => None,
            };
            now
        };
        match change {
            Some(Change { before: Some(body), .. }) => Ok(Response { body, attempts: 1 }),
            Some(Change { before: None, .. }) => {
                let response = self.below.send(request).await?;
                Ok(Response { body: under_way(&response.body), ..response })
            }
            None => self.below.send(request).await,
        }
    }

    async fn update(&self, request: Request) -> Result<Response, TransportError> {
        if self.change.lock().unwrap().is_some() {
            return Err(TransportError::new(TransportErrorKind::TableInUse, "the table is being updated"));
        }
        let describe = Request {
            operation: Operation::DescribeTable,
            body: json!({ "TableName": &*request.table }).to_string().into(),
            ..request.clone()
        };
        let before = Some(self.below.send(describe).await?.body);
        let response = self.below.send(request).await?;
        *self.change.lock().unwrap() = Some(Change { before, looks_left: self.looks });
        Ok(response)
    }
}

/// The description of a table whose last index is being filled.
fn under_way(body: &[u8]) -> Bytes {
    let mut description: Value = serde_json::from_slice(body).unwrap();
    let table = &mut description["Table"];
    table["TableStatus"] = "UPDATING".into();
    if let Some(index) = table["GlobalSecondaryIndexes"].as_array_mut().and_then(|indexes| indexes.last_mut())
    {
        index["IndexStatus"] = "CREATING".into();
        index["Backfilling"] = true.into();
    }
    description.to_string().into()
}

impl<T: Transport + Clone> Transport for Unhurried<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            match request.operation {
                Operation::DescribeTable => self.describe(request).await,
                Operation::UpdateTable => self.update(request).await,
                _ => self.below.send(request).await,
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.below.capabilities()
    }
}
