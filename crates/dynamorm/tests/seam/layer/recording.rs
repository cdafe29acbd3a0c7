use std::sync::{Arc, Mutex};

use dynamorm::transport::{BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError};

/// Keeps every request that passes.
#[derive(Clone, Debug)]
pub(crate) struct Recording<T> {
    below: Arc<T>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl<T> Recording<T> {
    pub(crate) fn over(below: T) -> Self {
        Self { below: Arc::new(below), requests: Arc::default() }
    }

    /// The requests since the last call.
    pub(crate) fn take(&self) -> Vec<Request> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    /// The operations since the last call.
    pub(crate) fn take_operations(&self) -> Vec<Operation> {
        self.take().iter().map(|request| request.operation).collect()
    }

    /// How many requests there were since the last call of another method.
    pub(crate) fn count(&self) -> usize {
        self.requests.lock().unwrap().len()
    }
}

impl<T: Transport> Transport for Recording<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        self.requests.lock().unwrap().push(request.clone());
        self.below.send(request)
    }

    fn capabilities(&self) -> Capabilities {
        self.below.capabilities()
    }
}
