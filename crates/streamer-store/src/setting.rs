use dynamorm::{Db, ErrorKind, Model};

use crate::error::Error;

/// What all processes over one database must agree on, in the table of what is no model of Streamer's own.
#[derive(Clone, Debug, Model)]
#[dynamorm(table = "system", key(partition = "SETTING#{name}", sort = "METADATA"))]
struct Setting {
    name: String,
    value: u32,
}

/// The same of what is no number.
#[derive(Clone, Model)]
#[dynamorm(table = "system", key(partition = "SETTING#{name}", sort = "METADATA"))]
struct Secret {
    name: String,
    secret: Vec<u8>,
}

const SHARDS: &str = "shards";
const CURSOR_KEY: &str = "cursor-key";

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

/// The key that all servers over one database seal their cursors with: made by the first that asks. One PutItem.
pub(crate) async fn cursor_key(db: &Db) -> Result<[u8; 32], Error> {
    const OPERATION: &str = "stores.cursor_key";
    let mut key = [0; 32];
    db.fill_random(&mut key);
    let secret = Secret { name: CURSOR_KEY.to_owned(), secret: key.to_vec() };
    let Err(error) = db.create(&secret).await else { return Ok(key) };
    let failed = |error| Error::from_mapper(OPERATION, error);
    let Some(stored) = error.stored::<Secret>().map_err(failed)? else { return Err(failed(error)) };
    <[u8; 32]>::try_from(stored.secret).map_err(|_| {
        Error::validation(
            OPERATION,
            "cursor-key",
            "the stored key of cursors has another length than 32 bytes",
        )
    })
}
