use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use chacha20poly1305::{AeadInOut, XNonce};
use dynamorm_core::{Error, ErrorKind, codec::Reader};
use sha2::{Digest, Sha256};

use crate::{Db, cursor_key::CursorKey};

/// Where a query or a scan goes on: opaque text, safe in a URL. Of a scan in segments it holds the places of all.
///
/// It is bound to its query: given to another one, or changed, it is refused ([`ErrorKind::Cursor`]). With
/// [`Db::with_cursor_key`] it is sealed too.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(String);

impl Cursor {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Cursor {
    /// Takes any text: whether it is a cursor of a query is found when the query is sent.
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Cursor {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl FromStr for Cursor {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(text.into())
    }
}

/// What a cursor is bound to: the table, the index, the conditions and their values, the direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct QueryFingerprint([u8; 16]);

impl QueryFingerprint {
    pub(crate) fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part);
        }
        let mut fingerprint = [0; 16];
        fingerprint.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
        Self(fingerprint)
    }

    /// The fingerprint of a part of the query, or of a kind of cursor of it.
    pub(crate) fn with(self, kind: &str, number: u32, of: u32) -> Self {
        Self::of([&self.0[..], kind.as_bytes(), &number.to_be_bytes(), &of.to_be_bytes()])
    }

    /// The fingerprint of the query and a place in it: a cursor of which a character was changed does not fit it.
    fn of_key(self, key: &[u8]) -> [u8; 16] {
        Self::of([&self.0[..], key]).0
    }
}

/// The first byte: what the rest is.
const PLAIN: u8 = 1;
const SEALED: u8 = 2;
const NONCE_BYTES: usize = 24;

/// Longer text is refused unread: a key has at most 3 KB, and its JSON no more than six times as much.
pub(crate) const MAX_CURSOR_CHARACTERS: usize = 64 * 1024;

/// What keeps a program's own lists apart from the queries of the mapper.
const PROGRAM_LIST: &str = "list of a program";

impl Db {
    /// The cursor of a place in a list that a program makes of several queries: as those of queries it is bound to its
    /// list, and sealed where the `Db` has a [key](Self::with_cursor_key). Sends nothing.
    ///
    /// `list` is what tells the list from any other: its table, what it is by, and the values.
    pub fn list_cursor(&self, list: &[&str], place: &str) -> Cursor {
        self.cursor(list_fingerprint(list), place.as_bytes())
    }

    /// The place that `cursor` stands for in the list: what was given to [`list_cursor`](Self::list_cursor).
    ///
    /// # Errors
    /// [`ErrorKind::Cursor`] where it is not one of this list.
    pub fn list_place(&self, list: &[&str], cursor: &Cursor) -> Result<String, Error> {
        let place = self.place(list_fingerprint(list), cursor, MAX_CURSOR_CHARACTERS)?;
        String::from_utf8(place).map_err(|_| refused())
    }

    /// The cursor of a place in the query of that fingerprint.
    pub(crate) fn cursor(&self, query: QueryFingerprint, place: &[u8]) -> Cursor {
        let bytes = match self.cursor_key() {
            None => [&[PLAIN], &query.of_key(place)[..], place].concat(),
            Some(CursorKey(cipher)) => {
                let mut nonce = [0; NONCE_BYTES];
                self.fill_random(&mut nonce);
                let mut content = place.to_vec();
                // Sealing fails only past 256 GB.
                if cipher.encrypt_in_place(&XNonce::from(nonce), &query.0, &mut content).is_err() {
                    unreachable!("a place in a query is short");
                }
                [&[SEALED], &nonce[..], &content].concat()
            }
        };
        Cursor(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The key that `cursor` stands for in the query of that fingerprint.
    pub(crate) fn start_key(&self, query: QueryFingerprint, cursor: &Cursor) -> Result<Bytes, Error> {
        let key = self.place(query, cursor, MAX_CURSOR_CHARACTERS)?;
        if !is_one_object(&key) {
            return Err(refused());
        }
        Ok(key.into())
    }

    /// What `cursor`, a text of at most `max_characters`, stands for in the query of that fingerprint.
    pub(crate) fn place(
        &self,
        query: QueryFingerprint,
        cursor: &Cursor,
        max_characters: usize,
    ) -> Result<Vec<u8>, Error> {
        if cursor.0.len() > max_characters {
            return Err(refused());
        }
        let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| refused())?;
        let (form, rest) = bytes.split_first().ok_or_else(refused)?;
        match (*form, self.cursor_key()) {
            (PLAIN, None) => {
                let (fingerprint, key) = rest.split_first_chunk::<16>().ok_or_else(refused)?;
                if *fingerprint != query.of_key(key) {
                    return Err(refused());
                }
                Ok(key.to_vec())
            }
            (SEALED, Some(CursorKey(cipher))) => {
                let (nonce, content) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(refused)?;
                let mut content = content.to_vec();
                cipher
                    .decrypt_in_place(&XNonce::from(*nonce), &query.0, &mut content)
                    .map_err(|_| refused())?;
                Ok(content)
            }
            _ => Err(refused()),
        }
    }
}

fn list_fingerprint(list: &[&str]) -> QueryFingerprint {
    QueryFingerprint::of([PROGRAM_LIST].iter().chain(list).map(|part| part.as_bytes()))
}

/// The error of a cursor that is not one of the query.
pub(crate) fn refused() -> Error {
    Error::new(ErrorKind::Cursor, "the cursor is not one of this query")
}

/// Whether `key`, which goes into a request as it stands, is one JSON object and no more.
pub(crate) fn is_one_object(key: &[u8]) -> bool {
    let read = Reader::new(key)
        .and_then(|mut reader| reader.item(|reader, _| reader.skip()).and_then(|()| reader.finish()));
    read.is_ok()
}
