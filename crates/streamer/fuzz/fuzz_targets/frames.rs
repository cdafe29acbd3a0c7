//! `cargo xtask fuzz frames`.

#![cfg_attr(fuzzing, no_main)]

#[path = "../bodies/frames.rs"]
mod frames;
#[path = "../bodies/message.rs"]
mod message;

libfuzzer_sys::fuzz_target!(|data: &[u8]| frames::frames(data));

/// In place of libFuzzer's, which any other build leaves out.
#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz frames` has it");
}
