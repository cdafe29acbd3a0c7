//! Where every segment of a scan stands, as the bytes that a cursor holds.

use bytes::Bytes;

use crate::cursor::is_one_object;

/// Where a segment of a scan stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing of it was handed out.
    Begin,
    /// The items up to this key, as JSON, were.
    After(Bytes),
    /// All of it was.
    End,
}

const BEGIN: u8 = 0;
const AFTER: u8 = 1;
const END: u8 = 2;

/// The bytes of the places: a byte each that tells which, and the key with its length in four bytes before.
pub(crate) fn encode<'a>(places: impl Iterator<Item = &'a Place>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for place in places {
        match place {
            Place::Begin => bytes.push(BEGIN),
            Place::End => bytes.push(END),
            Place::After(key) => {
                bytes.push(AFTER);
                let Ok(length) = u32::try_from(key.len()) else { unreachable!("a key has at most 3 KB") };
                bytes.extend_from_slice(&length.to_be_bytes());
                bytes.extend_from_slice(key);
            }
        }
    }
    bytes
}

/// The places of so many segments; `None` if the bytes are not those of so many.
pub(crate) fn decode(mut bytes: &[u8], segments: u32) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    for _ in 0..segments {
        let (which, rest) = bytes.split_first()?;
        bytes = rest;
        places.push(match *which {
            BEGIN => Place::Begin,
            END => Place::End,
            AFTER => {
                let (length, rest) = bytes.split_first_chunk::<4>()?;
                let (key, rest) =
                    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
                bytes = rest;
                if !is_one_object(key) {
                    return None;
                }
                Place::After(Bytes::copy_from_slice(key))
            }
            _ => return None,
        });
    }
    bytes.is_empty().then_some(places)
}

#[cfg(test)]
mod tests {
    use super::{Place, decode, encode};

    #[test]
    fn places_read_back() {
        let places = [Place::Begin, Place::After(r#"{"pk":{"S":"a"}}"#.into()), Place::End];

        let bytes = encode(places.iter());

        assert_eq!(decode(&bytes, 3).as_deref(), Some(&places[..]));
    }

    #[test]
    fn places_of_another_number_of_segments_are_refused() {
        let bytes = encode([Place::Begin, Place::End].iter());

        assert_eq!((decode(&bytes, 1), decode(&bytes, 3)), (None, None));
    }

    #[test]
    fn no_bytes_panic() {
        let whole = encode([Place::After(r#"{"pk":{"S":"a"}}"#.into())].iter());

        for end in 0..whole.len() {
            assert_eq!(decode(&whole[..end], 1), None);
        }
        assert_eq!(decode(&[1, 0, 0, 0, 1, b'1'], 1), None);
        assert_eq!(decode(&[3], 1), None);
        assert_eq!(decode(&[1, 255, 255, 255, 255], 1), None);
    }
}
