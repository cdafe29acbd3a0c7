//! A file of keys as somebody else's service may write it.

use std::{cell::RefCell, fs, path::PathBuf};

use streamer::auth::TokenVerifier;
use tempfile::TempDir;

thread_local! {
    static FILE: RefCell<Option<(TempDir, PathBuf)>> = const { RefCell::new(None) };
}

/// Reads a set of keys, and one key in PEM: each makes a verifier, or an error.
pub fn jwks(data: &[u8]) {
    let _ = TokenVerifier::public_key(data);
    FILE.with_borrow_mut(|file| {
        let (_, path) = file.get_or_insert_with(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("jwks.json");
            (folder, path)
        });
        fs::write(&*path, data).expect("a file");
        if let Err(error) = TokenVerifier::jwks(path.clone()) {
            assert!(!error.to_string().is_empty());
        }
    });
}
