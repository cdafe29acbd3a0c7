use dynamorm::transport::{
    BoxFuture, Capabilities, Repeat, Request, Response, Transport, TransportError, TransportErrorKind,
};

/// Loses the answer to every request after the engine has carried it out.
///
/// As an HTTP transport does, it then repeats what may be repeated, says so by the number of attempts, and gives up
/// on the rest.
#[derive(Clone, Debug)]
pub(crate) struct Lossy<T>(pub(crate) T);

impl<T: Transport> Transport for Lossy<T> {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(async move {
            let repeat = request.repeat;
            let _lost = self.0.send(request.clone()).await?;
            if repeat == Repeat::Unsafe {
                return Err(
                    TransportError::new(TransportErrorKind::Timeout, "the answer was lost").with_attempts(1)
                );
            }
            match self.0.send(request).await {
                Ok(response) => Ok(Response { attempts: 2, ..response }),
                Err(error) => Err(error.with_attempts(2)),
            }
        })
    }

    fn capabilities(&self) -> Capabilities {
        self.0.capabilities()
    }
}
