use std::{error::Error as StdError, fmt};

use hyper::{
    Uri,
    http::uri::{Authority, Parts, PathAndQuery, Scheme},
};

use crate::quoted::Quoted;

/// The URL of an endpoint: `http` or `https`, a host, and perhaps a port and a path.
#[derive(Clone, Debug)]
pub(crate) struct EndpointUrl {
    text: String,
    authority: Authority,
}

/// Why a text is not the URL of an endpoint. Its words show no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct InvalidEndpointUrl {
    url: String,
    reason: &'static str,
}

impl EndpointUrl {
    /// Reads `text`. Stricter than AWS's rules, which ignore a query, a fragment and credentials in it, and find an
    /// unknown scheme out when they send.
    ///
    /// # Errors
    /// When it is no absolute URL of `http` or `https`, holds credentials, a query or a fragment, or a path that a
    /// signature would write otherwise.
    pub(crate) fn parse(text: &str) -> Result<Self, InvalidEndpointUrl> {
        let invalid = |reason| InvalidEndpointUrl { url: text.to_owned(), reason };
        // `Uri` drops a fragment without a word.
        if text.contains('#') {
            return Err(invalid("it has a fragment"));
        }
        let uri: Uri = text.parse().map_err(|_| invalid("it is no URL"))?;
        let Parts { scheme, authority, path_and_query, .. } = uri.into_parts();
        let scheme = scheme
            .filter(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS)
            .ok_or_else(|| invalid("it begins with neither `http://` nor `https://`"))?;
        let authority = authority
            .filter(|authority| !authority.host().is_empty())
            .ok_or_else(|| invalid("it names no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid("it holds credentials"));
        }
        let path = path_and_query.as_ref().map_or("", PathAndQuery::path);
        if path_and_query.as_ref().is_some_and(|path_and_query| path_and_query.query().is_some()) {
            return Err(invalid("it has a query"));
        }
        if !is_plain(path) {
            return Err(invalid(
                "its path has characters or segments that a signature would write otherwise",
            ));
        }
        // A path that a request can follow, as DynamoDB's own, `/`, does.
        Uri::builder()
            .scheme(scheme)
            .authority(authority.clone())
            .path_and_query(format!("{}/", path.strip_suffix('/').unwrap_or(path)))
            .build()
            .map_err(|_| invalid("it is no URL"))?;
        Ok(Self { text: text.to_owned(), authority })
    }

    /// As it was written.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// The host, with the port where the URL has one.
    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }
}

/// Whether a signature covers `path` as it stands. [Signature Version 4](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
/// escapes what is not unreserved, and takes dots and empty segments out, before it signs.
fn is_plain(path: &str) -> bool {
    let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    path.bytes().all(is_unreserved)
        && !path.contains("//")
        && !path.split('/').any(|segment| matches!(segment, "." | ".."))
}

impl fmt::Display for InvalidEndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, reason } = self;
        write!(
            f,
            "{} is not the URL of an endpoint: {reason}; write `http://<host>:<port>` or `https://<host>`",
            Quoted(url)
        )
    }
}

impl StdError for InvalidEndpointUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    mod endpoint_url {
        use super::*;

        #[test]
        fn may_have_a_port_and_a_path() {
            for text in [
                "http://localhost:8000",
                "https://example.com/",
                "https://example.com/proxy/dynamodb",
                "http://[::1]:8000/a/",
            ] {
                assert_eq!(EndpointUrl::parse(text).unwrap().as_str(), text);
            }
        }

        const UNPLAIN: &str = "its path has characters or segments that a signature would write otherwise";

        #[test]
        fn refuses_what_cannot_be_sent_to() {
            for (text, reason) in [
                ("", "it is no URL"),
                ("http://", "it is no URL"),
                ("http://local host", "it is no URL"),
                ("localhost:8000", "it begins with neither `http://` nor `https://`"),
                ("/dynamodb", "it begins with neither `http://` nor `https://`"),
                ("wss://example.com", "it begins with neither `http://` nor `https://`"),
                ("http://:8000", "it names no host"),
                ("http://example.com/?a=b", "it has a query"),
                ("http://example.com/#a", "it has a fragment"),
                ("http://example.com/a%2Fb", UNPLAIN),
                ("http://example.com/a:b", UNPLAIN),
                ("http://example.com//a", UNPLAIN),
                ("http://example.com/a/../b", UNPLAIN),
            ] {
                let error = EndpointUrl::parse(text).unwrap_err();

                assert_eq!(error.reason, reason, "{text}");
            }
        }

        #[test]
        fn refuses_credentials_without_showing_them() {
            let error = EndpointUrl::parse("https://user:pass@example.com").unwrap_err().to_string();

            assert!(error.contains("it holds credentials"), "{error}");
            assert!(!error.contains("user") && !error.contains("pass"), "{error}");
        }
    }
}
