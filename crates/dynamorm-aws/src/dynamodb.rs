use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_config::SdkConfig;
use aws_smithy_runtime::client::orchestrator;
use aws_smithy_runtime_api::client::interceptors::context::Input;
use dynamorm_core::transport::{
    BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
};

use crate::{
    error::Error,
    failure,
    layer::{
        Layer,
        request::Outgoing,
        response::{Answered, Refused},
    },
    settings::Settings,
};

/// DynamoDB's HTTP protocol lacks nothing of DynamoDB. (Its streams are there, made and described with their tables; only to
/// read them is another service, which this transport refuses.)
pub(crate) const AMAZON: Capabilities = Capabilities { engine: "Amazon DynamoDB", lacks: &[] };

/// The transport to Amazon DynamoDB, or to whatever else speaks its HTTP protocol at a configured endpoint.
///
/// Needs a Tokio runtime with I/O and time. Handles are cheap to clone and share their connections, credentials and
/// quota of retries.
///
/// | what | how |
/// |---|---|
/// | attempts | 4, with pauses of up to 25, 50 and 100 ms, drawn at random; as many and as long as the configuration says, where that is not AWS's general default of 3 attempts and 1 s |
/// | repeated | 500, 502, 503, 504, throttling, a lost connection, a damaged answer, a wrong clock, a provider of credentials that failed |
/// | never repeated | a request marked [`Repeat::Unsafe`](dynamorm_core::transport::Repeat::Unsafe) once it may have been run |
/// | time-outs | 3.1 s for a connection, 10 s for an attempt as a whole |
/// | adaptive mode | as the configuration says: requests are slowed down while DynamoDB throttles |
///
/// Spans and errors show no item. AWS's runtime itself writes requests, items included, into its logs at the level
/// TRACE: leave the target `aws_smithy_runtime` above that.
#[derive(Clone)]
pub struct DynamoDb {
    layer: Arc<Layer>,
    capabilities: Capabilities,
}

impl DynamoDb {
    /// The tables that `config` leads to: its region or endpoint, credentials, HTTP client, retries and time-outs.
    ///
    /// Sends nothing. Without an HTTP client in `config` it makes one; give `aws_config` the client of
    /// [`http_client`](crate::http_client) to share one with the providers of credentials.
    ///
    /// # Errors
    /// [`ErrorKind::Endpoint`](crate::ErrorKind::Endpoint) when there is no region, or FIPS, dual-stack or the mode of
    /// account ids contradict it or an endpoint; [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) when there is
    /// no provider of credentials.
    pub fn new(config: &SdkConfig) -> Result<Self, Error> {
        let layer = Layer::new(Settings::read(config)?);
        Ok(Self { layer: Arc::new(layer), capabilities: AMAZON })
    }

    /// Says what the engine at the other end lacks of DynamoDB, such as an Alternator.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        if is_of_streams(request.operation) {
            return Err(TransportError::new(
                TransportErrorKind::Unsupported,
                "streams have an endpoint of their own, which this transport does not know",
            ));
        }
        let sent = Arc::new(AtomicU32::new(0));
        let (operation, plugins) = (request.operation, self.layer.plugins(request.repeat));
        let outgoing =
            Outgoing { operation, table: request.table, body: request.body, sent: Arc::clone(&sent) };
        let outcome =
            orchestrator::invoke("DynamoDB", operation.name(), Input::erase(outgoing), plugins).await;
        let attempts = sent.load(Ordering::Relaxed);
        match outcome.map(|output| output.downcast::<Answered>()) {
            Ok(Ok(Answered(body))) => Ok(Response { body, attempts }),
            Ok(Err(_)) => unreachable!("the deserializer gives nothing else"),
            Err(error) => {
                let refused = error.as_service_error().and_then(|error| error.downcast_ref::<Refused>());
                let refused = refused.map(Refused::to_refusal);
                Err(failure::told(error, refused, attempts))
            }
        }
    }
}

/// Streams are another service, with a host and a name of its own.
fn is_of_streams(operation: Operation) -> bool {
    matches!(
        operation,
        Operation::DescribeStream
            | Operation::GetRecords
            | Operation::GetShardIterator
            | Operation::ListStreams
    )
}

impl Transport for DynamoDb {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }
}

impl fmt::Debug for DynamoDb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoDb").field("engine", &self.capabilities.engine).finish_non_exhaustive()
    }
}
