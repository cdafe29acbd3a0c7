//! A file with a JSON Web Key Set.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

/// A folder with a set of keys.
pub struct KeySetFile {
    folder: tempfile::TempDir,
}

impl KeySetFile {
    pub fn new(keys: &[Value]) -> Self {
        let file = Self { folder: tempfile::tempdir().unwrap() };
        file.replace(&key_set(keys));
        file
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    /// Puts a new file in the old one's place at once, as whoever rotates keys does.
    pub fn replace(&self, content: &str) {
        let new = self.folder.path().join("new");
        fs::write(&new, content).unwrap();
        fs::rename(&new, self.path()).unwrap();
    }
}

/// Joins keys to a set.
pub fn key_set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}
