//! DynamoDB Local, which keeps a database for each access key.

use aws_credential_types::Credentials;
use dynamorm::{Db, aws};

/// That of a database that no one else has.
pub(crate) fn access_key() -> String {
    let mut name = [0; 8];
    Db::memory().unwrap().fill_random(&mut name);
    format!("s{:016x}", u64::from_be_bytes(name))
}

/// What leads to the database of an access key.
pub(crate) async fn config(endpoint: &str, access_key: &str) -> aws::SdkConfig {
    let credentials = Credentials::from_keys(access_key, "secret", None);
    let config = aws::config().region("eu-west-1").endpoint_url(endpoint);
    config.credentials_provider(credentials).load().await
}
