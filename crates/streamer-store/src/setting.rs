use dynamorm::{Db, ErrorKind, Model};

use crate::error::Error;

/// What all processes over one database must agree on, in the table of what is no model of Streamer's own.
#[derive(Clone, Debug, Model)]
#[dynamorm(table = "system", key(partition = "SETTING#{name}", sort = "METADATA"))]
struct Setting {
    name: String,
    value: u32,
}

const SHARDS: &str = "shards";

/// The number of shards that is stored; `None` where none is, or its table is not there. One request.
pub(crate) async fn stored_shards(db: &Db) -> Result<Option<u32>, Error> {
    match db.get(Setting::key(SHARDS)).consistent().await {
        Ok(setting) => Ok(setting.map(|setting| setting.value)),
        Err(error) if error.kind() == ErrorKind::TableNotFound => Ok(None),
        Err(error) => Err(Error::from_mapper("tables.shards", error)),
    }
}

/// Stores the number of shards if none is stored yet, and checks that it is the one that is.
///
/// # Errors
/// [`Validation`](crate::ErrorKind::Validation) where it is another: a process with another number would not
/// see part of the work.
pub(crate) async fn agree_on_shards(db: &Db, shards: u32) -> Result<(), Error> {
    const OPERATION: &str = "tables.shards";
    let setting = Setting { name: SHARDS.to_owned(), value: shards };
    let Err(error) = db.create(&setting).await else { return Ok(()) };
    let failed = |error| Error::from_mapper(OPERATION, error);
    match error.stored::<Setting>().map_err(failed)? {
        Some(stored) if stored.value == shards => Ok(()),
        Some(stored) => {
            let message = format!(
                "the request queue has {} shards and this process is set to {shards}; use {0} here too",
                stored.value
            );
            Err(Error::validation(OPERATION, "shards", message))
        }
        None => Err(failed(error)),
    }
}
