use dynamorm_core::{Error, ErrorKind};

use crate::Db;

impl Db {
    /// The tables of the engine that `url` names.
    ///
    /// | `url` | engine |
    /// |---|---|
    /// | `embedded:<path>` | the embedded one, in a durable file; through its holder while another process has it open |
    /// | `memory:` | the embedded one, in memory, gone with the `Db` |
    /// | `dynamodb://<region>` | Amazon DynamoDB, with the credentials of the environment or the profile |
    /// | `dynamodb:` | the same, the region too being that of the environment or the profile |
    ///
    /// After the region may follow `?endpoint=<url>`, where something else speaks DynamoDB's protocol, and
    /// `prefix=<text>` for the names of tables, both as in a query: `dynamodb://eu-west-1?prefix=test-`. What the
    /// environment says of them is read with the first request, which tells what is wrong with it.
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] for any other text, [`ErrorKind::Unsupported`] for an engine that was not built in,
    /// and those of [`Db::embedded`].
    pub fn connect(url: &str) -> Result<Self, Error> {
        match url.split_once(':') {
            #[cfg(feature = "embedded")]
            Some(("embedded", path)) if !path.is_empty() => {
                Ok(Self::from_shared(dynamorm_embedded::open_or_connect(path).map_err(from_embedded)?))
            }
            #[cfg(feature = "embedded")]
            Some(("memory", "")) => Self::memory(),
            #[cfg(not(feature = "embedded"))]
            Some(("embedded" | "memory", _)) => Err(Error::new(
                ErrorKind::Unsupported,
                "the embedded engine needs the feature `embedded` of `dynamorm`",
            )),
            #[cfg(feature = "aws")]
            Some(("dynamodb", _)) => {
                let url: dynamorm_aws::DatabaseUrl = url.parse().map_err(from_aws)?;
                let prefix = url.prefix().unwrap_or_default().to_owned();
                Ok(Self::new(dynamorm_aws::FromEnvironment::new(url)).with_table_prefix(prefix))
            }
            #[cfg(not(feature = "aws"))]
            Some(("dynamodb", _)) => Err(Error::new(
                ErrorKind::Unsupported,
                "Amazon DynamoDB needs the feature `aws` of `dynamorm`",
            )),
            _ => Err(Error::new(
                ErrorKind::Validation,
                "not a database; write `embedded:<path>`, `memory:` or `dynamodb://<region>`",
            )),
        }
    }

    /// The tables of Amazon DynamoDB, or of whatever speaks its protocol, that a configuration of AWS's SDK leads to.
    ///
    /// Sends nothing. Region, endpoint, credentials, HTTP client, retries and time-outs are the configuration's; see
    /// [`DynamoDb`](crate::aws::DynamoDb) for what holds where it says nothing.
    ///
    /// ```no_run
    /// use dynamorm::Db;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), dynamorm::Error> {
    /// // One HTTP client serves the providers of credentials and the requests.
    /// let config = dynamorm::aws::config().region("eu-west-1").load().await;
    /// let db = Db::aws(&config)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::Validation`] when the configuration gives no region or no endpoint, [`ErrorKind::Denied`] when it
    /// has no provider of credentials.
    #[cfg(feature = "aws")]
    pub fn aws(config: &dynamorm_aws::SdkConfig) -> Result<Self, Error> {
        dynamorm_aws::DynamoDb::new(config).map(Self::new).map_err(from_aws)
    }

    /// The tables in the durable file at `path`, made if it is not there. This process holds the file alone.
    ///
    /// Needs a Tokio runtime when it is used. Every write that was acknowledged survives a crash of the process and of
    /// the machine.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`] while another process holds the file ([`Db::connect`] goes through it),
    /// [`ErrorKind::Corrupt`] for a file that is not a database of ours or is damaged, [`ErrorKind::Unsupported`] for one
    /// that a newer version wrote, [`ErrorKind::Validation`] for a path that names no file which may be written to,
    /// [`ErrorKind::Unavailable`] where reading or writing fails.
    #[cfg(feature = "embedded")]
    pub fn embedded(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        dynamorm_embedded::Embedded::open(path).map(Self::new).map_err(from_embedded)
    }

    /// Tables in memory, gone with the last clone of the `Db`.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the engine cannot be started.
    #[cfg(feature = "embedded")]
    pub fn memory() -> Result<Self, Error> {
        dynamorm_embedded::Embedded::memory().map(Self::new).map_err(from_embedded)
    }
}

#[cfg(feature = "aws")]
fn from_aws(error: dynamorm_aws::Error) -> Error {
    let kind = match error.kind() {
        dynamorm_aws::ErrorKind::Credentials => ErrorKind::Denied,
        _ => ErrorKind::Validation,
    };
    Error::new(kind, error.to_string()).with_source(error)
}

#[cfg(feature = "embedded")]
fn from_embedded(error: dynamorm_embedded::Error) -> Error {
    use dynamorm_embedded::ErrorKind as Embedded;

    let kind = match error.kind() {
        Embedded::Locked { .. } => ErrorKind::Locked,
        Embedded::NotADatabase | Embedded::Corrupt => ErrorKind::Corrupt,
        Embedded::InvalidPath | Embedded::ReadOnly => ErrorKind::Validation,
        Embedded::Newer => ErrorKind::Unsupported,
        _ => ErrorKind::Unavailable,
    };
    Error::new(kind, error.to_string()).with_source(error)
}
