use std::{error::Error as StdError, time::Duration};

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::sdk_config::Builder;
use dynamorm_aws::{DynamoDb, Region, SdkConfig};
use dynamorm_core::transport::{Operation, Repeat, Request, Response, Transport, TransportError};

use crate::{reply::SECRET, server::Server};

pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const KEY: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// A configuration for this URL with fixed credentials; nothing of it comes from the machine.
pub(crate) fn config(url: &str) -> Builder {
    SdkConfig::builder()
        .region(Region::new("eu-west-1"))
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(Credentials::from_keys(KEY_ID, KEY, None)))
}

pub(crate) fn client(server: &Server) -> DynamoDb {
    DynamoDb::new(&config(&server.url()).build()).unwrap()
}

/// A client that waits only so long for each attempt.
pub(crate) fn impatient(server: &Server, patience: Duration) -> DynamoDb {
    let timeout = TimeoutConfig::builder().operation_attempt_timeout(patience).build();
    DynamoDb::new(&config(&server.url()).timeout_config(timeout).build()).unwrap()
}

/// A write whose body holds what must not be shown.
pub(crate) fn write(repeat: Repeat) -> Request {
    Request {
        operation: Operation::UpdateItem,
        table: "orders".into(),
        index: None,
        body: format!(r#"{{"TableName":"orders","Key":{{"pk":{{"S":"{SECRET}"}}}}}}"#).into(),
        repeat,
    }
}

pub(crate) async fn send(client: &impl Transport, repeat: Repeat) -> Result<Response, TransportError> {
    let outcome = client.send(write(repeat)).await;
    if let Err(error) = &outcome {
        shows_no_content(error);
    }
    outcome
}

/// The error of a write that must fail.
pub(crate) async fn failure(client: &impl Transport, repeat: Repeat) -> TransportError {
    send(client, repeat).await.expect_err("the write to fail")
}

fn shows_no_content(error: &TransportError) {
    let mut next: Option<&dyn StdError> = Some(error);
    while let Some(error) = next {
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(SECRET) && !shown.contains(KEY), "{shown}");
        next = error.source();
    }
}
