//! The suite on DynamoDB Local.

use std::process::ExitCode;

use aws_credential_types::Credentials;
use dynamorm::{Db, aws};
use dynamorm_conformance::{Engine, run};

fn main() -> ExitCode {
    let Ok(endpoint) = std::env::var("DYNAMORM_DYNAMODB_LOCAL") else {
        eprintln!("skipped");
        return ExitCode::SUCCESS;
    };
    run(&[Engine::new("dynamodb_local", move |isolation| {
        let endpoint = endpoint.clone();
        async move {
            let credentials = Credentials::from_keys(isolation.name(), "secret", None);
            let config = aws::config()
                .region("eu-west-1")
                .endpoint_url(endpoint)
                .credentials_provider(credentials)
                .load()
                .await;
            Db::aws(&config)
        }
    })])
}
