//! `cargo xtask fuzz token`.

#![cfg_attr(fuzzing, no_main)]

#[path = "../bodies/token.rs"]
mod token;

libfuzzer_sys::fuzz_target!(|data: &[u8]| token::token(data));

/// In place of libFuzzer's, which any other build leaves out.
#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz token` has it");
}
