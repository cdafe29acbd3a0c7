use std::borrow::Cow;

use aws_credential_types::Credentials;
use aws_runtime::auth::sigv4;
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        auth::{AuthScheme, AuthSchemeEndpointConfig, AuthSchemeId, Sign},
        identity::{Identity, SharedIdentityResolver},
        orchestrator::HttpRequest,
        runtime_components::{GetIdentityResolver, RuntimeComponents},
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use hyper::{
    Uri,
    header::{AUTHORIZATION, HeaderName},
};

use super::{
    attempt::Assumed,
    request::{JSON, TARGET},
};
use crate::signature::{Scope, Signed, Signer};

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// AWS Signature Version 4 by the project's own signer, under the name of AWS's scheme.
#[derive(Debug)]
pub(super) struct Signing {
    pub(super) signer: Signer,
    pub(super) region: String,
    pub(super) service: &'static str,
    pub(super) time: SharedTimeSource,
}

impl AuthScheme for Signing {
    fn scheme_id(&self) -> AuthSchemeId {
        sigv4::SCHEME_ID
    }

    fn identity_resolver(&self, resolvers: &dyn GetIdentityResolver) -> Option<SharedIdentityResolver> {
        resolvers.identity_resolver(sigv4::SCHEME_ID)
    }

    fn signer(&self) -> &dyn Sign {
        self
    }
}

impl Sign for Signing {
    fn sign_http_request(
        &self,
        request: &mut HttpRequest,
        identity: &Identity,
        _: AuthSchemeEndpointConfig<'_>,
        _: &RuntimeComponents,
        state: &ConfigBag,
    ) -> Result<(), BoxError> {
        let credentials = identity.data::<Credentials>().ok_or("the identity holds no credentials of AWS")?;
        let now = self.time.now();
        let time = state.load::<Assumed>().map_or(now, |assumed| assumed.0.apply(now));
        let scope = Scope {
            access_key_id: credentials.access_key_id(),
            secret_access_key: credentials.secret_access_key(),
            session_token: credentials.session_token(),
            region: &self.region,
            service: self.service,
        };
        let uri: Uri = request.uri().parse()?;
        let signed = Signed {
            path: uri.path(),
            content_type: JSON,
            host: &host(&uri).ok_or("the endpoint has no host")?,
            target: request.headers().get(TARGET.as_str()).ok_or("the request names no operation")?,
            body: request.body().bytes().ok_or("the request's body is not in memory")?,
        };
        let signature = self.signer.sign(&scope, &signed, time);
        let headers = request.headers_mut();
        headers.try_insert(DATE, signature.date)?;
        headers.try_insert(AUTHORIZATION, signature.authorization)?;
        if let Some(token) = credentials.session_token() {
            headers.try_insert(SECURITY_TOKEN, token.to_owned())?;
        }
        Ok(())
    }
}

/// The `Host` header that the HTTP client will send: it leaves out the port that its scheme has anyway.
fn host(uri: &Uri) -> Option<Cow<'_, str>> {
    let host = uri.host()?;
    Some(match (uri.port_u16(), uri.scheme_str()) {
        (None, _) | (Some(443), Some("https")) | (Some(80), Some("http")) => host.into(),
        (Some(port), _) => format!("{host}:{port}").into(),
    })
}
