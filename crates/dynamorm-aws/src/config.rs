use aws_config::{BehaviorVersion, ConfigLoader};

use crate::http_client::http_client;

/// AWS's default configuration, from the environment and the profile, over one HTTP client of this crate's: the
/// providers of credentials and the requests share it, its connections and its root certificates.
///
/// `aws_config::load_from_env()` serves as well, where its feature `default-https-client` is on.
pub fn config() -> ConfigLoader {
    aws_config::defaults(BehaviorVersion::latest()).http_client(http_client())
}
