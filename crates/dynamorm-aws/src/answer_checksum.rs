use std::{error::Error as StdError, fmt};

use hyper::header::HeaderName;

/// The header in which DynamoDB sends the CRC-32 of an answer's body, as a decimal number.
///
/// Source: the [low-level API](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html).
pub(crate) const CHECKSUM_HEADER: HeaderName = HeaderName::from_static("x-amz-crc32");

/// Why an answer's body is not to be trusted. Whether a write was done is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChecksumError {
    /// The header holds no CRC-32.
    NotANumber,
    /// The body is not what was sent.
    Mismatch {
        /// What the header says.
        sent: u32,
        /// What the body that arrived has.
        arrived: u32,
    },
}

/// Compares `body`, the bytes as they were sent, before any decompression, with what [`CHECKSUM_HEADER`] says of them.
///
/// Passes without the header: what speaks DynamoDB's protocol need not send it.
///
/// # Errors
/// [`ChecksumError`], by which the answer is malformed.
pub(crate) fn verify(header: Option<&[u8]>, body: &[u8]) -> Result<(), ChecksumError> {
    let Some(header) = header else { return Ok(()) };
    let sent = parse(header).ok_or(ChecksumError::NotANumber)?;
    let arrived = crc32fast::hash(body);
    if sent == arrived { Ok(()) } else { Err(ChecksumError::Mismatch { sent, arrived }) }
}

fn parse(header: &[u8]) -> Option<u32> {
    let text = str::from_utf8(header).ok()?;
    // The standard library takes a sign too.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

impl fmt::Display for ChecksumError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotANumber => write!(f, "header `{CHECKSUM_HEADER}` of the answer is not a CRC-32"),
            Self::Mismatch { sent, arrived } => write!(
                f,
                "the answer's body was damaged on the way: its CRC-32 is {arrived}; `{CHECKSUM_HEADER}` says {sent}"
            ),
        }
    }
}

impl StdError for ChecksumError {}

#[cfg(test)]
mod tests {
    use super::*;

    mod checksum {
        use super::*;

        /// The check value that CRC-32's definition gives, for the digits from 1 to 9.
        const CHECK: (&[u8], &[u8]) = (b"123456789", b"3421780262");

        #[test]
        fn passes_for_the_body_that_was_sent() {
            assert_eq!(verify(Some(CHECK.1), CHECK.0), Ok(()));
            assert_eq!(verify(Some(b"0"), b""), Ok(()));
        }

        #[test]
        fn passes_where_none_was_sent() {
            assert_eq!(verify(None, b"{}"), Ok(()));
        }

        #[test]
        fn finds_a_changed_body() {
            let error = verify(Some(CHECK.1), b"123456780").unwrap_err();

            assert!(matches!(error, ChecksumError::Mismatch { sent: 3_421_780_262, .. }), "{error}");
        }

        #[test]
        fn finds_a_body_cut_short() {
            assert!(verify(Some(CHECK.1), b"12345678").is_err());
        }

        #[test]
        fn is_a_decimal_number_of_32_bits() {
            for header in ["", "+1", "-1", "1 ", "cbf43926", "4294967296", "\u{661}"] {
                assert_eq!(verify(Some(header.as_bytes()), b""), Err(ChecksumError::NotANumber), "{header}");
            }
            assert_eq!(verify(Some(b"\xff"), b""), Err(ChecksumError::NotANumber));
        }
    }
}
