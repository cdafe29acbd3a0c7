//! The suite on DynamoDB Local, through both transports: the project's own, and a client of AWS's SDK.

use std::process::ExitCode;

use aws_credential_types::Credentials;
use dynamorm::{Db, aws};
use dynamorm_conformance::{Engine, Isolation, provided, run};

fn main() -> ExitCode {
    let Some(endpoint) = provided("DYNAMORM_DYNAMODB_LOCAL") else { return ExitCode::SUCCESS };
    let own = endpoint.clone();
    run(&[
        Engine::new("dynamodb_local", move |isolation| {
            let config = config(own.clone(), isolation);
            async { Db::aws(&config.await) }
        }),
        Engine::new("dynamodb_local_by_sdk", move |isolation| {
            let config = config(endpoint.clone(), isolation);
            async { Ok(Db::new(aws::SdkClient::new(aws_sdk_dynamodb::Client::new(&config.await)))) }
        }),
    ])
}

/// DynamoDB Local keeps a database for each access key, which tells the cases apart.
async fn config(endpoint: String, isolation: Isolation) -> aws::SdkConfig {
    let credentials = Credentials::from_keys(isolation.name(), "secret", None);
    aws::config().region("eu-west-1").endpoint_url(endpoint).credentials_provider(credentials).load().await
}
