//! `cargo +nightly fuzz run token`, in `crates/streamer`.

#![no_main]

#[path = "../bodies/token.rs"]
mod token;

libfuzzer_sys::fuzz_target!(|data: &[u8]| token::token(data));
