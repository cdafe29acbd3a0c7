//! `cargo xtask fuzz claims`.

#![cfg_attr(fuzzing, no_main)]

#[path = "../bodies/claims.rs"]
mod claims;

libfuzzer_sys::fuzz_target!(|data: &[u8]| claims::claims(data));

/// In place of libFuzzer's, which any other build leaves out.
#[cfg(not(fuzzing))]
fn main() {
    eprintln!("libFuzzer is not in this build: `cargo xtask fuzz claims` has it");
}
