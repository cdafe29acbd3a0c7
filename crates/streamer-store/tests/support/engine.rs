use dynamorm::Db;
use dynamorm_conformance::provided;

use crate::dynamodb_local;

/// An engine that the stores are shown on.
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

    /// A database that no one else has.
    pub(crate) async fn database(&self) -> Db {
        match self {
            Self::Memory => Db::memory().unwrap(),
            Self::DynamoDbLocal(endpoint) => {
                let config = dynamodb_local::config(endpoint, &dynamodb_local::access_key()).await;
                Db::aws(&config).unwrap()
            }
        }
    }
}
