use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::Bytes;
use dynamorm::transport::{
    BoxFuture, Capabilities, Request, Response, Transport, TransportError, TransportErrorKind,
};

/// Answers what it was told to, one answer after the other; then it is unavailable.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scripted {
    answers: Arc<Mutex<VecDeque<Result<Bytes, TransportError>>>>,
}

impl Scripted {
    pub(crate) fn answer(self, body: impl Into<Bytes>) -> Self {
        self.answers.lock().unwrap().push_back(Ok(body.into()));
        self
    }

    pub(crate) fn fail(self, error: TransportError) -> Self {
        self.answers.lock().unwrap().push_back(Err(error));
        self
    }
}

impl Transport for Scripted {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let answer = self.answers.lock().unwrap().pop_front();
        Box::pin(async move {
            match answer {
                Some(Ok(body)) => Ok(Response { body, attempts: 1 }),
                Some(Err(error)) => Err(error),
                None => Err(TransportError::new(TransportErrorKind::Unavailable, "the script has ended")),
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { engine: "scripted", lacks: &[] }
    }
}
