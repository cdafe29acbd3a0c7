use super::endpoint_url::EndpointUrl;

/// Where a request goes, and how it is signed if that is not by the configured region.
#[derive(Debug)]
pub(crate) struct ResolvedEndpoint {
    url: EndpointUrl,
    signing: Option<Signing>,
}

/// The scope of a signature where the endpoint prescribes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Signing {
    /// The region to sign for.
    pub(crate) region: &'static str,
    /// The service to sign for.
    pub(crate) name: &'static str,
}

impl ResolvedEndpoint {
    /// An endpoint that is signed for by the configured region.
    pub(super) fn new(url: EndpointUrl) -> Self {
        Self { url, signing: None }
    }

    /// An endpoint that is signed for as `signing` says.
    pub(super) fn signed_as(url: EndpointUrl, signing: Signing) -> Self {
        Self { url, signing: Some(signing) }
    }

    /// The URL as AWS's rules have it, without the path of a request.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// What to sign for where that is not `dynamodb` in the configured region.
    pub(crate) fn signing(&self) -> Option<Signing> {
        self.signing
    }
}
