use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex},
};

use dynamorm::transport::{
    BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
};
use serde_json::{Value, json};

/// What becomes of a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// All of it is done.
    Done,
    /// So much of each table's is done, the rest comes back unprocessed.
    First(usize),
    /// It is refused, and nothing of it done.
    Refused(TransportErrorKind),
    /// It is done, and the answer is lost.
    Lost,
    /// Nothing is done, and no answer comes.
    Stuck,
}

/// Does of each batch what it was told to, one after the other; then all of it.
#[derive(Clone, Debug)]
pub(crate) struct Fated<T> {
    below: T,
    fates: Arc<Mutex<VecDeque<Fate>>>,
}

impl<T: Transport> Fated<T> {
    pub(crate) fn over(below: T) -> Self {
        Self { below, fates: Arc::default() }
    }

    pub(crate) fn then(&self, fates: impl IntoIterator<Item = Fate>) {
        self.fates.lock().unwrap().extend(fates);
    }

    async fn carry(&self, request: Request) -> Result<Response, TransportError> {
        let is_batch = matches!(request.operation, Operation::BatchGetItem | Operation::BatchWriteItem);
        let fate = is_batch.then(|| self.fates.lock().unwrap().pop_front()).flatten();
        match fate.unwrap_or(Fate::Done) {
            Fate::Done => self.below.send(request).await,
            Fate::First(count) => self.carry_first(count, request).await,
            Fate::Refused(kind) => Err(TransportError::new(kind, "refused by its fate").with_attempts(1)),
            Fate::Lost => {
                let _lost = self.below.send(request).await?;
                Err(TransportError::new(TransportErrorKind::Timeout, "the answer was lost").with_attempts(1))
            }
            Fate::Stuck => std::future::pending().await,
        }
    }

    async fn carry_first(&self, count: usize, request: Request) -> Result<Response, TransportError> {
        let is_write = request.operation == Operation::BatchWriteItem;
        let mut body: Value = serde_json::from_slice(&request.body).unwrap();
        let mut tables = mem::take(body["RequestItems"].as_object_mut().unwrap());
        let mut left = serde_json::Map::new();
        for (table, asked) in &mut tables {
            let asked = if is_write { asked } else { &mut asked["Keys"] }.as_array_mut().unwrap();
            let rest = asked.split_off(count.min(asked.len()));
            if !rest.is_empty() {
                left.insert(table.clone(), if is_write { rest.into() } else { json!({ "Keys": rest }) });
            }
        }
        let mut answer = json!({});
        if count > 0 {
            body["RequestItems"] = tables.into();
            let request = Request { body: body.to_string().into(), ..request };
            answer = serde_json::from_slice(&self.below.send(request).await?.body).unwrap();
        }
        answer[if is_write { "UnprocessedItems" } else { "UnprocessedKeys" }] = left.into();
        Ok(Response { body: answer.to_string().into(), attempts: 1 })
    }
}

impl<T: Transport> Transport for Fated<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.carry(request))
    }

    fn capabilities(&self) -> Capabilities {
        self.below.capabilities()
    }
}
