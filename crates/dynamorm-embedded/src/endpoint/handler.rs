use std::{
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use bytes::Bytes;
use dynamorm_core::transport::Operation;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::{
    HeaderMap, Method, Request,
    body::Incoming,
    header::{HOST, ORIGIN},
};

use super::{
    access::Access,
    answer::{self, Answer},
};
use crate::{dispatch::OwnTokens, embedded::Embedded, refusal::Refusal};

/// DynamoDB's largest request is 16 MB; the JSON around it gets 64 KB.
const MAX_BODY_BYTES: usize = (16 << 20) + (64 << 10);

/// How long a client may take to send a body.
const BODY_PATIENCE: Duration = Duration::from_secs(30);

const TARGET: &str = "x-amz-target";
const TARGET_PREFIXES: [&str; 2] = ["DynamoDB_20120810.", "DynamoDBStreams_20120810."];

/// What answers the requests of one endpoint.
pub(super) struct Handler {
    engine: Embedded,
    address: SocketAddr,
    access: Access,
}

impl Handler {
    pub(super) fn new(engine: Embedded, address: SocketAddr, access: Access) -> Self {
        Self { engine, address, access }
    }

    pub(super) async fn handle(&self, request: Request<Incoming>) -> Result<Answer, Infallible> {
        if let Err(refusal) = self.refuse_web_pages(request.headers()) {
            return Ok(answer::operation(Err(refusal)));
        }
        Ok(match (request.method(), request.uri().path(), request.uri().query()) {
            (&Method::POST, "/", None) => answer::operation(self.operate(request).await),
            (&Method::GET | &Method::HEAD, "/", _) => answer::healthy(),
            _ => answer::not_found(),
        })
    }

    async fn operate(&self, request: Request<Incoming>) -> Result<Bytes, Refusal> {
        self.access.check_headers(request.headers())?;
        let (head, body) = request.into_parts();
        let body = read(body).await?;
        self.access.check(&head.headers, &body)?;
        let operation = operation(&head.headers)?;
        // The answer may be lost on the way, so the client may send the request again: its tokens are kept.
        self.engine.call(operation, body, OwnTokens::Keep).await
    }

    /// A browser lets any web page send requests to this machine, but names the page in `Origin`; and a page whose
    /// name resolves to this machine cannot help naming itself in `Host`.
    fn refuse_web_pages(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        if headers.contains_key(ORIGIN) {
            return Err(Refusal::new(403, "AccessDeniedException", "requests of web pages are not answered"));
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        if !self.is_own_host(host) {
            return Err(Refusal::new(
                403,
                "AccessDeniedException",
                "the `Host` header does not name this endpoint",
            ));
        }
        Ok(())
    }

    fn is_own_host(&self, host: &str) -> bool {
        let Some((name, port)) = host.rsplit_once(':') else { return false };
        let is_loopback = name.eq_ignore_ascii_case("localhost")
            || name
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse()
                .is_ok_and(|ip: IpAddr| ip.is_loopback());
        is_loopback && port.parse() == Ok(self.address.port())
    }
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    match tokio::time::timeout(BODY_PATIENCE, Limited::new(body, MAX_BODY_BYTES).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Refusal::new(413, "ValidationException", "the request is larger than 16 MB"))
        }
        Ok(Err(_)) => Err(Refusal::new(400, "SerializationException", "the request ended early")),
        Err(_) => Err(Refusal::new(408, "RequestTimeoutException", "the request did not arrive within 30 s")),
    }
}

fn operation(headers: &HeaderMap) -> Result<Operation, Refusal> {
    let target = headers.get(TARGET).and_then(|target| target.to_str().ok()).unwrap_or_default();
    let name = TARGET_PREFIXES.iter().find_map(|prefix| target.strip_prefix(prefix)).unwrap_or_default();
    name.parse().map_err(|_| Refusal::unknown_operation())
}
