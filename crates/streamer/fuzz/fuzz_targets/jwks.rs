//! `cargo +nightly fuzz run jwks`, in `crates/streamer`.

#![no_main]

#[path = "../bodies/jwks.rs"]
mod jwks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| jwks::jwks(data));
