use std::{path::PathBuf, time::Duration};

use dynamorm::{
    Db,
    embedded::{Embedded, Endpoint, EndpointOptions, Holder, Loopback},
};
use dynamorm_conformance::provided;
use streamer_store::StoreFactory;
use tempfile::TempDir;

use crate::dynamodb_local;

/// Two shards: a look at all of them is short, and there are several.
const SHARDS: u32 = 2;

const PAUSE: Duration = Duration::from_millis(20);

/// How often it is tried to get to the embedded database: for ten seconds.
const MAX_ATTEMPTS: u32 = 500;

/// Where the requests are.
#[derive(Clone, Debug)]
pub(crate) enum Database {
    /// The file at this path: one process holds it, and the others go through that one.
    Embedded(PathBuf),
    /// DynamoDB Local at this address; it keeps a database for each access key.
    DynamoDbLocal { endpoint: String, access_key: String },
}

/// The stores as one process has them.
pub(crate) struct Opened {
    pub(crate) stores: StoreFactory,
    /// By which the others come in, where this process holds the file.
    endpoint: Option<Endpoint>,
}

impl Opened {
    pub(crate) fn is_holder(&self) -> bool {
        self.endpoint.is_some()
    }
}

impl Database {
    /// A file that is yet to be, and DynamoDB Local where there is one.
    pub(crate) fn all() -> Vec<Self> {
        let local = provided("DYNAMORM_DYNAMODB_LOCAL")
            .map(|endpoint| Self::DynamoDbLocal { endpoint, access_key: dynamodb_local::access_key() });
        std::iter::once(Self::Embedded(PathBuf::new())).chain(local).collect()
    }

    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Embedded(_) => "embedded",
            Self::DynamoDbLocal { .. } => "dynamodb_local",
        }
    }

    /// The same, an embedded one in this folder.
    pub(crate) fn in_folder(&self, folder: &TempDir) -> Self {
        match self {
            Self::Embedded(_) => Self::Embedded(folder.path().join("streamer.db")),
            local => local.clone(),
        }
    }

    pub(crate) fn to_arguments(&self) -> [String; 3] {
        match self {
            Self::Embedded(path) => ["embedded".into(), path.display().to_string(), String::new()],
            Self::DynamoDbLocal { endpoint, access_key } => {
                ["dynamodb_local".into(), endpoint.clone(), access_key.clone()]
            }
        }
    }

    pub(crate) fn from_arguments(arguments: &[String]) -> Self {
        match arguments {
            [kind, path, _] if kind == "embedded" => Self::Embedded(path.into()),
            [_, endpoint, access_key] => {
                Self::DynamoDbLocal { endpoint: endpoint.clone(), access_key: access_key.clone() }
            }
            _ => panic!("not a database: {arguments:?}"),
        }
    }

    /// The stores for a worker: it takes the file over where no one holds it.
    pub(crate) async fn open(&self) -> Opened {
        let Self::Embedded(path) = self else { return self.visit().await };
        for _ in 0..MAX_ATTEMPTS {
            if let Ok(engine) = Embedded::open(path) {
                let endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
                return opened(Db::new(engine), Some(endpoint));
            }
            // The holder may have been killed before it named its endpoint, or just now.
            if let Ok(loopback) = Loopback::connect(path) {
                return opened(Db::new(loopback), None);
            }
            tokio::time::sleep(PAUSE).await;
        }
        panic!("no one holds the database, nor lets it be held");
    }

    /// The stores for who is not to be killed: it never holds the file.
    pub(crate) async fn visit(&self) -> Opened {
        match self {
            Self::Embedded(path) => {
                for _ in 0..MAX_ATTEMPTS {
                    if let Ok(loopback) = Loopback::connect(path) {
                        return opened(Db::new(loopback), None);
                    }
                    tokio::time::sleep(PAUSE).await;
                }
                panic!("no one holds the database");
            }
            Self::DynamoDbLocal { endpoint, access_key } => {
                let config = dynamodb_local::config(endpoint, access_key).await;
                opened(Db::aws(&config).unwrap(), None)
            }
        }
    }

    /// The process that holds the file.
    pub(crate) fn holder(&self) -> Option<u32> {
        let Self::Embedded(path) = self else { return None };
        Holder::read(path).ok().flatten().map(|holder| holder.pid)
    }
}

fn opened(db: Db, endpoint: Option<Endpoint>) -> Opened {
    Opened { stores: StoreFactory::from_db(db).with_shards(SHARDS), endpoint }
}
