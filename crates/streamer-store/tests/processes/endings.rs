use std::collections::BTreeMap;

use streamer_store::AsyncRequest;

/// How each request ended, as it was first seen.
#[derive(Debug, Default)]
pub(crate) struct Endings(BTreeMap<String, AsyncRequest>);

impl Endings {
    /// Notes a request as it is stored now; one that has ended must stay as it is.
    pub(crate) fn note(&mut self, request: &AsyncRequest) -> Result<(), String> {
        match self.0.get(&request.request_id) {
            Some(ended) if ended != request => Err(format!("ended twice: {ended:?}, then {request:?}")),
            None if !request.status.is_open() => {
                self.0.insert(request.request_id.clone(), request.clone());
                Ok(())
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn of(&self, id: &str) -> Option<&AsyncRequest> {
        self.0.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &AsyncRequest> {
        self.0.values()
    }
}
