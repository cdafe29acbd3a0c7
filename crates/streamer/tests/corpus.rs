//! What the fuzz targets have been through, and changes of it, without libFuzzer: the bodies are the very same.
//! What libFuzzer finds by itself, `cargo xtask fuzz` tells.
//!
//! `PROPTEST_CASES=1000000 cargo test -p streamer --release --test corpus` changes each file so often.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]
#![allow(unreachable_pub, reason = "the bodies are of another crate")]

#[path = "../fuzz/bodies/claims.rs"]
mod claims;
#[path = "../fuzz/bodies/frames.rs"]
mod frames;
#[path = "../fuzz/bodies/jwks.rs"]
mod jwks;
#[path = "../fuzz/bodies/message.rs"]
mod message;
#[path = "../fuzz/bodies/token.rs"]
mod token;

use std::{fs, path::Path};

use proptest::{prelude::*, test_runner::TestRunner};

/// A change of one place.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    /// A part of the text once more, elsewhere.
    Repeat(usize, usize, usize),
}

impl Change {
    fn any() -> impl Strategy<Value = Self> {
        let place = any::<usize>();
        prop_oneof![
            (place, any::<u8>()).prop_map(|(at, byte)| Self::Set(at, byte)),
            (place, proptest::collection::vec(any::<u8>(), 1..8))
                .prop_map(|(at, bytes)| Self::Insert(at, bytes)),
            (place, 1_usize..16).prop_map(|(at, count)| Self::Remove(at, count)),
            (place, 1_usize..64, place).prop_map(|(from, count, to)| Self::Repeat(from, count, to)),
        ]
    }

    fn apply(self, bytes: &mut Vec<u8>) {
        let place = |at: usize| at % (bytes.len() + 1);
        match self {
            Self::Set(at, byte) => {
                let at = place(at);
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
            Self::Insert(at, new) => {
                let at = place(at);
                bytes.splice(at..at, new);
            }
            Self::Remove(at, count) => {
                let at = place(at);
                let end = bytes.len().min(at + count);
                bytes.drain(at..end);
            }
            Self::Repeat(from, count, to) => {
                let (from, to) = (place(from), place(to));
                let part = bytes[from..bytes.len().min(from + count)].to_vec();
                bytes.splice(to..to, part);
            }
        }
    }
}

/// The corpus of a target, by the files' names.
fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    assert!(paths.len() > 3, "{target} has {} files", paths.len());
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Runs a target's body on each file, then on changes of it.
fn survives(target: &str, body: fn(&[u8])) {
    let seeds = corpus(target);
    for seed in &seeds {
        body(seed);
    }
    let changes = (any::<prop::sample::Index>(), proptest::collection::vec(Change::any(), 1..6));
    let changed = TestRunner::default().run(&changes, |(seed, changes)| {
        let mut bytes = seed.get(&seeds).clone();
        for change in changes {
            change.apply(&mut bytes);
        }
        body(&bytes);
        Ok(())
    });
    changed.unwrap();
}

mod any_bytes {
    use super::*;

    #[test]
    fn are_a_message_or_refused_by_the_protocol() {
        survives("message", message::message);
    }

    #[test]
    fn are_frames_or_the_end_of_a_connection() {
        survives("frames", frames::frames);
    }

    #[test]
    fn are_a_token_or_none_that_is_shown() {
        survives("token", token::token);
    }

    #[test]
    fn are_claims_that_name_somebody_or_are_refused() {
        survives("claims", claims::claims);
    }

    #[test]
    fn are_keys_or_an_error() {
        survives("jwks", jwks::jwks);
    }
}
