use super::queue::RequestQueue;
use crate::error::{Error, ErrorKind};

impl RequestQueue {
    /// Cancels the requests of a connection that are open; says how many. Those that end meanwhile are left as they are.
    ///
    /// For who ends a connection and wants its work ended too: [`disconnect`](crate::ConnectionStore::disconnect) lets it
    /// go on. What [`by_connection`](Self::by_connection) costs, and one UpdateItem for each that is open.
    ///
    /// # Errors
    /// What the engine answers; a second call goes on.
    pub async fn cancel_by_connection(&self, connection_id: &str) -> Result<u64, Error> {
        const OPERATION: &str = "requests.cancel_by_connection";
        let failed = |error| Error::from_mapper(OPERATION, error).with_key(connection_id);
        let mut requests = self.by_connection(connection_id).stream()?;
        let mut cancelled = 0;
        while let Some(request) = requests.try_next().await.map_err(failed)? {
            if !request.status.is_open() {
                continue;
            }
            match self.cancel(&request.request_key()).await {
                Ok(()) => cancelled += 1,
                Err(error) if has_ended(error.kind()) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(cancelled)
    }
}

/// Whether there is nothing left to cancel.
fn has_ended(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::IllegalTransition { .. } | ErrorKind::NotFound)
}
