//! `cargo xtask fuzz message`.

#![cfg_attr(fuzzing, no_main)]

#[path = "../bodies/message.rs"]
mod message;

libfuzzer_sys::fuzz_target!(|data: &[u8]| message::message(data));

/// In place of libFuzzer's, which any other build leaves out.
#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz message` has it");
}
