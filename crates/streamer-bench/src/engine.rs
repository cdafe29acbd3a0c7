//! Which database the stores are measured on.

use std::{fmt, path::PathBuf, str::FromStr};

use anyhow::bail;
use aws_credential_types::Credentials;
use dynamorm::{Db, aws};
use streamer_store::StoreFactory;

/// An engine, and where it has its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Engine {
    /// The embedded engine in memory.
    Memory,
    /// The embedded engine in this file.
    File(PathBuf),
    /// The same, with the queue in one shard.
    OneShard(PathBuf),
    /// DynamoDB Local at this address.
    DynamoDbLocal(String),
}

impl Engine {
    /// Stores over it, their tables made where they are missing. DynamoDB Local gives each caller a database of its own.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub async fn stores(&self) -> anyhow::Result<StoreFactory> {
        let mut stores = StoreFactory::from_db(self.open().await?);
        if matches!(self, Self::OneShard(_)) {
            stores = stores.with_shards(1);
        }
        stores.ensure_tables().await?;
        Ok(stores)
    }

    async fn open(&self) -> anyhow::Result<Db> {
        Ok(match self {
            Self::Memory => Db::memory()?,
            Self::File(path) | Self::OneShard(path) => Db::embedded(path)?,
            Self::DynamoDbLocal(endpoint) => {
                // It keeps a database for each access key.
                let mut name = [0; 8];
                Db::memory()?.fill_random(&mut name);
                let name = format!("b{:016x}", u64::from_be_bytes(name));
                let config = aws::config().region("eu-west-1").endpoint_url(endpoint.as_str());
                let credentials = Credentials::from_keys(name, "secret", None);
                Db::aws(&config.credentials_provider(credentials).load().await)?
            }
        })
    }
}

/// As it stands on a command line.
impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Memory => f.write_str("memory"),
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::OneShard(path) => write!(f, "one-shard:{}", path.display()),
            Self::DynamoDbLocal(endpoint) => write!(f, "local:{endpoint}"),
        }
    }
}

impl FromStr for Engine {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        Ok(match text.split_once(':') {
            None if text == "memory" => Self::Memory,
            Some(("file", path)) => Self::File(path.into()),
            Some(("one-shard", path)) => Self::OneShard(path.into()),
            Some(("local", endpoint)) => Self::DynamoDbLocal(endpoint.to_owned()),
            _ => bail!(
                "`{text}` is no engine; give `memory`, `file:PATH`, `one-shard:PATH` or `local:ADDRESS`"
            ),
        })
    }
}
