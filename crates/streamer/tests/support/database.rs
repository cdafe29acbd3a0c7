//! A database in a folder of its own, seen through the command.

use std::{collections::BTreeSet, time::Duration};

use serde_json::Value;
use tempfile::TempDir;

use super::{
    PATIENCE,
    process::{self, Server},
};

/// A folder with a database in it, gone when it is dropped.
pub struct Database {
    pub folder: TempDir,
}

impl Database {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn db(&self) -> String {
        format!("embedded:{}", self.folder.path().join("streamer.db").display())
    }

    pub fn serve(&self) -> Server {
        Server::start_with(&["--db", &self.db()])
    }

    /// What `streamer connections list` prints, in a process of its own.
    pub fn list(&self, whose: &str, id: &str) -> Vec<Value> {
        let list = process::json(&self.db(), &["connections", "list", whose, id, "--limit", "100000"]);
        list.as_array().unwrap().clone()
    }

    pub fn users(&self, tenant: &str) -> BTreeSet<String> {
        self.list("--tenant", tenant).iter().map(|c| c["userId"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until the tenant has this many connections.
    pub async fn holds(&self, tenant: &str, count: usize) {
        let reached = async {
            while self.list("--tenant", tenant).len() != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("the connections to be so many");
    }
}
