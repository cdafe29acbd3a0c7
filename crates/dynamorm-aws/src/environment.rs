use std::{fmt, sync::Arc};

use aws_config::{Region, SdkConfig};
use dynamorm_core::transport::{
    BoxFuture, Capabilities, Request, Response, Transport, TransportError, TransportErrorKind,
};
use tokio::sync::OnceCell;

use crate::{
    config::config,
    database_url::DatabaseUrl,
    dynamodb::{AMAZON, DynamoDb},
    error::{Error, ErrorKind},
};

/// The transport that the environment and the profile configure, as they do AWS's own tools: credentials, region,
/// endpoint, retries. What a [`DatabaseUrl`] says comes before them.
///
/// They are read with the first request, since reading them may take requests of its own; one HTTP client serves those
/// and all that follow. Handles are cheap to clone and share it.
#[derive(Clone)]
pub struct FromEnvironment {
    url: Arc<DatabaseUrl>,
    transport: Arc<OnceCell<DynamoDb>>,
}

impl FromEnvironment {
    /// The transport to the database that `url` names. Reads and sends nothing yet.
    pub fn new(url: DatabaseUrl) -> Self {
        Self { url: Arc::new(url), transport: Arc::default() }
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let transport = self.transport.get_or_try_init(|| self.load()).await.map_err(|error| {
            let kind = match error.kind() {
                ErrorKind::Credentials => TransportErrorKind::Denied,
                ErrorKind::Endpoint | ErrorKind::Url | ErrorKind::Environment => {
                    TransportErrorKind::Validation
                }
            };
            TransportError::new(kind, error.to_string()).with_source(error)
        })?;
        transport.send(request).await
    }

    async fn load(&self) -> Result<DynamoDb, Error> {
        let mut loader = config();
        if let Some(region) = self.url.region() {
            loader = loader.region(Region::new(region.to_owned()));
        }
        if let Some(endpoint) = self.url.endpoint() {
            loader = loader.endpoint_url(endpoint);
        }
        // The loader panics where the environment or the profile sets a number of attempts that is none.
        let loaded: Result<SdkConfig, _> = tokio::spawn(loader.load()).await;
        let config = loaded.map_err(|error| {
            let message = "AWS's configuration cannot be loaded; look at `AWS_MAX_ATTEMPTS` and `AWS_RETRY_MODE`, \
                or their like in the profile";
            Error::new(ErrorKind::Environment, message).with_source(error)
        })?;
        DynamoDb::new(&config)
    }
}

impl Transport for FromEnvironment {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        match self.transport.get() {
            Some(transport) => transport.send(request),
            None => Box::pin(self.exchange(request)),
        }
    }

    fn capabilities(&self) -> Capabilities {
        AMAZON
    }
}

impl fmt::Debug for FromEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FromEnvironment").field("url", &self.url).finish_non_exhaustive()
    }
}
