use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// Features add up across a program: whoever asks for AWS's library, which has more, must not lose it to another crate's
/// defaults.
#[cfg(feature = "aws-lc")]
const CRYPTO: CryptoMode = CryptoMode::AwsLc;

#[cfg(all(feature = "ring", not(feature = "aws-lc")))]
const CRYPTO: CryptoMode = CryptoMode::Ring;

#[cfg(not(any(feature = "aws-lc", feature = "ring")))]
compile_error!("requests to AWS need TLS: choose the feature `ring`, which is a default one, or `aws-lc`");

/// A client with a pool of connections and the machine's root certificates, which are loaded once for each client.
///
/// One is enough for everything: the requests, and the providers of credentials.
pub fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CRYPTO)).build_https()
}
