use aws_credential_types::Credentials;
use dynamorm::{Db, aws};
use dynamorm_conformance::provided;

/// An engine that the stores are walked on.
#[derive(Clone, Debug)]
pub(crate) enum Engine {
    Memory,
    DynamoDbLocal(String),
}

impl Engine {
    /// The embedded engine, and DynamoDB Local where there is one.
    pub(crate) fn all() -> Vec<Self> {
        let local = provided("DYNAMORM_DYNAMODB_LOCAL").map(Self::DynamoDbLocal);
        std::iter::once(Self::Memory).chain(local).collect()
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::DynamoDbLocal(_) => "dynamodb_local",
        }
    }

    /// How many walks there are: as many as take some seconds.
    pub(crate) fn walks(&self) -> u32 {
        match self {
            Self::Memory => 150,
            Self::DynamoDbLocal(_) => 12,
        }
    }

    /// A database of a walk's own.
    pub(crate) async fn database(&self) -> Db {
        match self {
            Self::Memory => Db::memory().unwrap(),
            Self::DynamoDbLocal(endpoint) => {
                // DynamoDB Local keeps a database for each access key.
                let mut name = [0; 8];
                Db::memory().unwrap().fill_random(&mut name);
                let name = format!("m{:016x}", u64::from_be_bytes(name));
                let credentials = Credentials::from_keys(name, "secret", None);
                let config = aws::config().region("eu-west-1").endpoint_url(endpoint.as_str());
                Db::aws(&config.credentials_provider(credentials).load().await).unwrap()
            }
        }
    }
}
