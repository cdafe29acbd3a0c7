//! `cargo xtask fuzz jwks`.

#![cfg_attr(fuzzing, no_main)]

#[path = "../bodies/jwks.rs"]
mod jwks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| jwks::jwks(data));

/// In place of libFuzzer's, which any other build leaves out.
#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz jwks` has it");
}
