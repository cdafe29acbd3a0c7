use std::{fmt, time::SystemTime};

use hyper::HeaderMap;

use crate::{
    error::{Error, ErrorKind},
    refusal::Refusal,
    signature::{self, Unsigned},
};

const SECRET_BYTES: usize = 32;

/// Who may use an endpoint. In either case only this machine, and no web page.
#[derive(Clone)]
pub enum Access {
    /// Requests signed (AWS Signature Version 4) with this secret access key, under any access key id and region.
    Keyed {
        /// The secret access key.
        secret: String,
    },
    /// Requests with any credentials, or none: whoever may open a connection on this machine.
    Any,
}

impl Access {
    pub(super) fn with_new_secret() -> Result<Self, Error> {
        let mut bytes = [0; SECRET_BYTES];
        getrandom::fill(&mut bytes)
            .map_err(|source| Error::new(ErrorKind::Io, "no randomness for a secret").with_source(source))?;
        Ok(Self::Keyed { secret: bytes.iter().map(|byte| format!("{byte:02x}")).collect() })
    }

    pub(super) fn secret(&self) -> Option<&str> {
        match self {
            Self::Keyed { secret } => Some(secret),
            Self::Any => None,
        }
    }

    /// Refuses, before its body is read, a request that carries no signature at all.
    pub(super) fn check_headers(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        match self {
            Self::Keyed { .. } if !headers.contains_key(hyper::header::AUTHORIZATION) => Err(missing()),
            _ => Ok(()),
        }
    }

    pub(super) fn check(&self, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        let Self::Keyed { secret } = self else { return Ok(()) };
        signature::verify(headers, body, secret, SystemTime::now()).map_err(|unsigned| match unsigned {
            Unsigned::Missing => missing(),
            Unsigned::Expired => Refusal::new(
                403,
                "InvalidSignatureException",
                "Signature expired: the request's date is more than 15 minutes from the clock",
            ),
            Unsigned::Wrong => Refusal::new(
                403,
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided",
            ),
        })
    }
}

fn missing() -> Refusal {
    Refusal::new(403, "MissingAuthenticationTokenException", "Request is missing Authentication Token")
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyed { .. } => "Keyed",
            Self::Any => "Any",
        })
    }
}
