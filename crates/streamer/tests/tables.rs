//! `streamer tables verify` and `streamer tables migrate`, on tables that another version made.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Output;

use dynamorm::{Db, Model};
use serde_json::{Value, json};
use support::{
    database::Database,
    process::{self, run, streamer},
};
use tempfile::TempDir;

/// The connections of a version that listed them by host, and by user without an order.
#[derive(Model)]
#[dynamorm(
    table = "streamer_connections",
    key(partition = "CONN#{connection_id}", sort = "METADATA"),
    index(name = "user-index", partition = user_id),
    index(name = "host-index", partition = host),
)]
struct OldConnection {
    connection_id: String,
    user_id: String,
    host: String,
}

/// A database whose table of connections is another version's, and that has no other.
struct Old {
    folder: TempDir,
}

impl Old {
    async fn new() -> Self {
        let old = Self { folder: tempfile::tempdir().unwrap() };
        Db::embedded(old.file()).unwrap().ensure_table::<OldConnection>().await.unwrap();
        old
    }

    fn file(&self) -> String {
        self.folder.path().join("old.db").display().to_string()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        run(streamer().args(["tables"]).args(arguments).args(["--db", &format!("embedded:{}", self.file())]))
    }

    fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or_default())
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn kinds(drifts: &Value) -> Vec<&str> {
    drifts.as_array().unwrap().iter().map(|drift| drift["kind"].as_str().unwrap()).collect()
}

const REPLACE: [&str; 2] = ["--replace-index", "streamer_connections/user-index"];
const DROP: [&str; 2] = ["--drop-index", "streamer_connections/host-index"];

mod verify {
    use super::*;

    #[test]
    fn exits_with_0_when_nothing_differs() {
        let folder = tempfile::tempdir().unwrap();
        let db = format!("embedded:{}", folder.path().join("new.db").display());
        process::json(&db, &["tables", "ensure"]);

        let tables = process::json(&db, &["tables", "verify"]);

        assert_eq!(
            tables,
            json!([
                { "name": "streamer_connections", "fits": true, "drifts": [] },
                { "name": "streamer_requests", "fits": true, "drifts": [] },
                { "name": "streamer_subscriptions", "fits": true, "drifts": [] },
                { "name": "streamer_system", "fits": true, "drifts": [] },
            ])
        );
    }

    #[tokio::test]
    async fn names_each_difference_and_exits_with_1() {
        let old = Old::new().await;

        let (code, tables) = old.json(&["verify"]);

        assert_eq!(code, Some(1));
        assert_eq!(
            kinds(&tables[0]["drifts"]),
            ["index_key", "missing_index", "extra_index", "missing_time_to_live"]
        );
        let breaking: Vec<_> =
            tables[0]["drifts"].as_array().unwrap().iter().map(|drift| &drift["breaking"]).collect();
        assert_eq!(breaking, [true, true, false, true]);
        assert_eq!(kinds(&tables[1]["drifts"]), ["missing_table"]);
    }

    #[tokio::test]
    async fn names_the_remedies_as_commands() {
        let old = Old::new().await;

        let output = old.run(&["verify"]);

        let shown = text(&output.stdout);
        for remedy in [
            "  breaks   index `tenant-index` is missing\n           `streamer tables migrate` adds it",
            "`streamer tables migrate --replace-index streamer_connections/user-index`",
            "`streamer tables migrate --drop-index streamer_connections/host-index`",
            "`streamer tables ensure` makes it",
        ] {
            assert!(shown.contains(remedy), "{remedy}: {shown}");
        }
        assert_eq!(text(&output.stderr), "error: 4 tables are not what this version needs\n");
    }

    #[test]
    fn looks_through_the_server_that_holds_the_database() {
        let database = Database::new();
        let _server = database.serve();

        let tables = process::json(&database.db(), &["tables", "verify"]);

        assert_eq!([&tables[0]["fits"], &tables[1]["fits"]], [true, true]);
    }

    #[test]
    fn exits_with_3_without_a_database() {
        let folder = tempfile::tempdir().unwrap();
        let db = format!("embedded:{}", folder.path().join("none.db").display());

        let output = run(streamer().args(["tables", "verify", "--db", &db]));

        assert_eq!(output.status.code(), Some(3));
    }
}

mod migrate {
    use super::*;

    #[tokio::test]
    async fn changes_nothing_when_an_index_would_have_to_be_dropped_unnamed() {
        let old = Old::new().await;
        let (_, before) = old.json(&["verify"]);

        let output = old.run(&["migrate"]);

        assert_eq!(output.status.code(), Some(1));
        let hint = "`streamer tables verify`";
        assert_eq!(text(&output.stderr).matches(hint).count(), 1, "{}", text(&output.stderr));
        assert_eq!(old.json(&["verify"]).1, before);
    }

    #[tokio::test]
    async fn asks_before_it_drops_and_refuses_where_nobody_can_be_asked() {
        let old = Old::new().await;
        let (_, before) = old.json(&["verify"]);

        for named in [REPLACE, DROP] {
            let output = old.run(&["migrate", named[0], named[1]]);

            assert_eq!(output.status.code(), Some(2));
            assert!(text(&output.stderr).contains("give `--yes`"), "{}", text(&output.stderr));
        }
        assert_eq!(old.json(&["verify"]).1, before);
    }

    #[tokio::test]
    async fn makes_what_is_missing_and_replaces_what_is_named() {
        let old = Old::new().await;

        let (code, tables) = old.json(&["migrate", REPLACE[0], REPLACE[1], "--yes"]);

        assert_eq!(code, Some(0));
        assert_eq!(
            tables[0]["steps"],
            json!([
                "drop index `user-index`",
                "add index `user-index`",
                "add index `tenant-index`",
                "let items expire by `ttl`",
            ])
        );
        assert_eq!(kinds(&tables[0]["left"]), ["extra_index"]);
        assert_eq!(tables[3]["steps"], json!(["make the table"]));
        let (code, verified) = old.json(&["verify"]);
        assert_eq!((code, kinds(&verified[0]["drifts"])), (Some(0), vec!["extra_index"]));
    }

    #[tokio::test]
    async fn is_what_a_server_asks_for_that_cannot_start() {
        let old = Old::new().await;
        let db = format!("embedded:{}", old.file());

        let refused = run(streamer().args(["serve", "--listen", "127.0.0.1:0", "--db", &db]));
        let migrated = old.json(&["migrate", REPLACE[0], REPLACE[1], "--yes"]);

        assert_eq!(refused.status.code(), Some(2));
        assert!(text(&refused.stderr).contains("streamer tables verify"), "{}", text(&refused.stderr));
        assert_eq!(migrated.0, Some(0));
        process::json(&db, &["tables", "ensure"]);
    }

    #[tokio::test]
    async fn drops_what_is_named_and_then_has_nothing_to_do() {
        let old = Old::new().await;
        let named = [&["migrate"][..], &REPLACE, &DROP, &["--yes"]].concat();

        let first = old.json(&named);
        let second = old.run(&named);

        assert_eq!((first.0, kinds(&first.1[0]["left"])), (Some(0), vec![]));
        assert_eq!(
            text(&second.stdout),
            "streamer_connections: nothing to do\nstreamer_requests: nothing to do\nstreamer_subscriptions: nothing to do\nstreamer_system: nothing to do\n"
        );
    }

    #[tokio::test]
    async fn refuses_names_that_are_none() {
        let old = Old::new().await;

        for name in ["user-index", "/user-index", "streamer_connections/", "connections/user-index"] {
            let output = old.run(&["migrate", "--replace-index", name, "--yes"]);

            assert_eq!(output.status.code(), Some(2), "{name}: {}", text(&output.stderr));
        }
        assert_eq!(kinds(&old.json(&["verify"]).1[1]["drifts"]), ["missing_table"]);
    }
}
