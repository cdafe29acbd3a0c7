//! `cargo +nightly fuzz run frames`, in `crates/streamer`.

#![no_main]

#[path = "../bodies/frames.rs"]
mod frames;
#[path = "../bodies/message.rs"]
mod message;

libfuzzer_sys::fuzz_target!(|data: &[u8]| frames::frames(data));
