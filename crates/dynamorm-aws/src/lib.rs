//! The transport of dynamorm to [Amazon DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/),
//! and to whatever else speaks its HTTP protocol.
//!
//! What AWS maintains is AWS's: the chain of credentials and their cache, retries with their quota, time-outs, the pool of
//! connections. What costs time on each request is not: the bytes are the codec's own, the plugins lie in one layer that
//! is made once, and the signature is computed by a signer that knows the one shape a request has.
//!
//! ```no_run
//! use dynamorm_aws::DynamoDb;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), dynamorm_aws::Error> {
//! let config = dynamorm_aws::config().region("eu-west-1").load().await;
//! let transport = DynamoDb::new(&config)?;
//! # Ok(())
//! # }
//! ```
//!
//! | type | what it is |
//! |---|---|
//! | [`DynamoDb`] | the transport that a configuration leads to |
//! | [`FromEnvironment`] | the same, configured by the environment and a [`DatabaseUrl`] with the first request |
//! | `SdkClient` | through a client of AWS's SDK that is there already; feature `sdk-client` |

mod answer_checksum;
mod cause;
mod clock_skew;
mod config;
mod database_url;
mod dynamodb;
mod endpoint;
mod environment;
mod error;
mod failure;
mod http_client;
mod layer;
mod quoted;
#[cfg(feature = "sdk-client")]
mod sdk_client;
mod settings;
mod signature;
mod throttling_causes;

pub use aws_config::{Region, SdkConfig};
pub use config::config;
pub use database_url::DatabaseUrl;
pub use dynamodb::DynamoDb;
pub use environment::FromEnvironment;
pub use error::{Error, ErrorKind};
pub use http_client::http_client;
#[cfg(feature = "sdk-client")]
pub use sdk_client::SdkClient;
