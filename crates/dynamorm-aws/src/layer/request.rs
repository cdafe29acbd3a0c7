use std::{
    fmt,
    sync::{Arc, atomic::AtomicU32},
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        endpoint::EndpointResolverParams, interceptors::context::Input, orchestrator::HttpRequest,
        ser_de::SerializeRequest,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Storable, StoreReplace},
};
use bytes::Bytes;
use dynamorm_core::transport::Operation;
use hyper::header::{CONTENT_TYPE, HeaderName, USER_AGENT};

/// The header that names the operation.
pub(super) const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// The only content type of DynamoDB's protocol.
pub(super) const JSON: &str = "application/x-amz-json-1.0";

/// A request on its way into the orchestrator.
pub(crate) struct Outgoing {
    pub(crate) operation: Operation,
    pub(crate) table: Arc<str>,
    pub(crate) body: Bytes,
    pub(crate) sent: Arc<AtomicU32>,
}

/// How many times the request was sent, seen from inside the orchestrator.
#[derive(Debug)]
pub(super) struct Sent(pub(super) Arc<AtomicU32>);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

/// The table that an endpoint is looked for: its ARN may name an account.
#[derive(Debug)]
pub(super) struct Table(pub(super) Arc<str>);

/// Makes an HTTP request of bytes that are JSON already.
#[derive(Debug)]
pub(super) struct Serializer {
    pub(super) user_agent: String,
}

impl SerializeRequest for Serializer {
    fn serialize_input(&self, input: Input, state: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        let Ok(outgoing) = input.downcast::<Outgoing>() else {
            unreachable!("the transport alone calls the orchestrator")
        };
        let mut request = post(outgoing.operation, outgoing.body)?;
        request.headers_mut().try_insert(USER_AGENT, self.user_agent.clone())?;
        let state = state.interceptor_state();
        state.store_put(Sent(outgoing.sent));
        state.store_put(EndpointResolverParams::new(Table(outgoing.table)));
        Ok(request)
    }
}

/// A request of DynamoDB's protocol.
pub(crate) fn post(operation: Operation, body: Bytes) -> Result<HttpRequest, BoxError> {
    let mut request = HttpRequest::new(SdkBody::from(body));
    request.set_method("POST")?;
    let headers = request.headers_mut();
    headers.try_insert(CONTENT_TYPE, JSON)?;
    headers.try_insert(TARGET, target(operation))?;
    Ok(request)
}

/// The operation as the protocol calls it.
fn target(operation: Operation) -> String {
    const VERSION: &str = "DynamoDB_20120810.";
    let mut target = String::with_capacity(VERSION.len() + operation.name().len());
    target.push_str(VERSION);
    target.push_str(operation.name());
    target
}

impl fmt::Debug for Outgoing {
    /// Without the body, which holds items.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("operation", &self.operation)
            .field("table", &self.table)
            .field("body", &format_args!("{} bytes", self.body.len()))
            .finish_non_exhaustive()
    }
}
