//! What the command shows and removes of the store, while a server runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Value, json};
use streamer_store::{Connection, StoreFactory};
use support::{
    client::Client,
    database::Database,
    process::{self, run, streamer},
    token::{claims, signed},
};

fn ids(connections: &[Value]) -> Vec<String> {
    connections.iter().map(|connection| connection["connectionId"].as_str().unwrap().to_owned()).collect()
}

mod list {
    use super::*;

    #[tokio::test]
    async fn shows_three_clients_by_user_and_by_tenant_to_a_second_process() {
        let database = Database::new();
        let server = database.serve();
        let mut expected = Vec::new();
        let mut clients = Vec::new();
        for (user, tenant) in [("u-1", "t-1"), ("u-2", "t-1"), ("u-1", "t-2")] {
            let mut client = Client::connect(server.address(), &signed(&claims(user, tenant))).await;
            expected.push(client.connection_id().await);
            clients.push(client);
        }

        let of_user = ids(&database.list("--user", "u-1"));
        let of_tenant = ids(&database.list("--tenant", "t-1"));

        // Newest first.
        assert_eq!(of_user, [expected[2].as_str(), &expected[0]]);
        assert_eq!(of_tenant, [expected[1].as_str(), &expected[0]]);
        assert!(database.list("--user", "u-3").is_empty());
    }

    #[tokio::test]
    async fn shows_models_in_camel_case() {
        let database = Database::new();
        let server = database.serve();
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        let id = client.connection_id().await;

        let connection = &database.list("--user", "u-1")[0];

        let expected = [("connectionId", id.as_str()), ("userId", "u-1"), ("tenantId", "t-1")];
        for (name, value) in expected {
            assert_eq!(connection[name], value, "{connection}");
        }
        assert!(connection["connectedAt"].is_string() && connection["lastPing"].is_string(), "{connection}");
        assert!(
            connection["tokenExpiresAt"].is_string() && connection["serverId"].is_string(),
            "{connection}"
        );
        assert!(connection["endpoint"].as_str().unwrap().contains(server.address()), "{connection}");
    }

    #[tokio::test]
    async fn stops_at_its_limit() {
        let database = Database::new();
        let server = database.serve();
        let token = signed(&claims("u-1", "t-1"));
        let mut newest = None;
        let mut clients = Vec::new();
        for _ in 0..3 {
            let mut client = Client::connect(server.address(), &token).await;
            newest = Some(client.connection_id().await);
            clients.push(client);
        }

        let listed = process::json(&database.db(), &["connections", "list", "--user", "u-1", "--limit", "1"]);

        assert_eq!(ids(listed.as_array().unwrap()), [newest.unwrap()]);
    }

    #[tokio::test]
    async fn tells_apart_ids_of_any_characters() {
        let database = Database::new();
        let server = database.serve();
        let users = ["u", "u#", "u#1", "u%231", "u\\#1", "ü🙂", "u\n1", "\"u\""];
        let mut clients = Vec::new();
        for user in users {
            clients.push(Client::connect(server.address(), &signed(&claims(user, "t#1"))).await);
        }

        for user in users {
            let listed = database.list("--user", user);
            assert_eq!(listed.len(), 1, "{user:?}");
            assert_eq!(listed[0]["userId"], user);
        }
        assert_eq!(database.users("t#1").len(), users.len());
    }

    #[tokio::test]
    async fn keeps_zero_bytes_in_ids() {
        let database = Database::new();
        let server = database.serve();
        let _first = Client::connect(server.address(), &signed(&claims("u\0", "t-1"))).await;
        let _second = Client::connect(server.address(), &signed(&claims("u\0#\0", "t-1"))).await;
        let _third = Client::connect(server.address(), &signed(&claims("u", "t-1"))).await;

        let expected = ["u", "u\0", "u\0#\0"].map(str::to_owned);

        assert_eq!(database.users("t-1"), BTreeSet::from(expected));
    }

    #[tokio::test]
    async fn shortens_long_ids_for_people_alone() {
        let database = Database::new();
        let server = database.serve();
        let user = "u".repeat(512);
        let _client = Client::connect(server.address(), &signed(&claims(&user, "t-1"))).await;

        let output = run(streamer().args(["connections", "list", "--tenant", "t-1", "--db", &database.db()]));

        let table = String::from_utf8(output.stdout).unwrap();
        assert!(table.lines().all(|line| line.chars().count() < 250), "{table}");
        assert_eq!(database.users("t-1"), BTreeSet::from([user]));
    }

    #[tokio::test]
    async fn shows_people_a_table_that_cannot_drive_their_terminal() {
        let database = Database::new();
        let server = database.serve();
        let _client = Client::connect(server.address(), &signed(&claims("u\u{1b}[2J", "t-1"))).await;

        let output = run(streamer().args(["connections", "list", "--tenant", "t-1", "--db", &database.db()]));

        let table = String::from_utf8(output.stdout).unwrap();
        assert_eq!(table.lines().count(), 2, "{table}");
        assert!(table.contains("\\u{1b}[2J") && !table.contains('\u{1b}'), "{table}");
    }
}

mod get {
    use super::*;

    #[tokio::test]
    async fn prints_one_object() {
        let database = Database::new();
        let server = database.serve();
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        let id = client.connection_id().await;

        let connection = process::json(&database.db(), &["connections", "get", &id]);

        assert_eq!((&connection["connectionId"], &connection["userId"]), (&json!(id), &json!("u-1")));
    }

    #[tokio::test]
    async fn of_nothing_exits_with_3() {
        let database = Database::new();
        let _server = database.serve();

        let output =
            run(streamer().args(["connections", "get", "c#\u{1}", "--json", "--db", &database.db()]));

        assert_eq!(output.status.code(), Some(3));
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(error["error"]["kind"], "not_found", "{error}");
        assert!(output.stdout.is_empty());
    }
}

mod delete {
    use super::*;

    #[tokio::test]
    async fn removes_one_and_says_which() {
        let database = Database::new();
        let server = database.serve();
        let token = signed(&claims("u-1", "t-1"));
        let mut first = Client::connect(server.address(), &token).await;
        let mut second = Client::connect(server.address(), &token).await;
        let (gone, stays) = (first.connection_id().await, second.connection_id().await);

        let deleted = process::json(&database.db(), &["connections", "delete", &gone]);
        let again = run(streamer().args(["connections", "delete", &gone, "--db", &database.db()]));

        assert_eq!(deleted["connectionId"], gone);
        assert_eq!(again.status.code(), Some(3));
        assert_eq!(ids(&database.list("--user", "u-1")), [stays]);
    }
}

mod stale {
    use super::*;

    #[tokio::test]
    async fn removes_those_without_a_sign_of_life_for_so_long() {
        let database = Database::new();
        let server = database.serve();
        let token = signed(&claims("u-1", "t-1"));
        let _living = Client::connect(server.address(), &token).await;
        let connections = StoreFactory::connect(&database.db()).unwrap().connections();
        let long_ago = connections.now().checked_sub(Duration::from_secs(60 * 60)).unwrap();
        for id in ["c-1", "c-2"] {
            connections.save(&Connection::new(id, "u-1", "t-1", "ws://gone/ws", long_ago)).await.unwrap();
        }

        let none = process::json(&database.db(), &["connections", "stale", "--before", "2h", "--yes"]);
        let some = process::json(&database.db(), &["connections", "stale", "--before", "2m", "--yes"]);

        assert_eq!(none, json!({ "removed": 0, "kept": 0, "failed": [] }));
        assert_eq!(some, json!({ "removed": 2, "kept": 0, "failed": [] }));
        assert_eq!(database.list("--user", "u-1").len(), 1);
    }

    #[tokio::test]
    async fn asks_before_it_removes() {
        let database = Database::new();
        let server = database.serve();
        let _client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        let output = run(streamer().args(["connections", "stale", "--before", "2m", "--db", &database.db()]));

        // Nobody can be asked: standard input is no terminal.
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains("--yes"));
        assert_eq!(database.list("--user", "u-1").len(), 1);
    }
}

mod tables {
    use super::*;

    #[test]
    fn are_made_once_and_listed() {
        let database = Database::new();
        let states = |arguments: &[&str]| {
            let tables = process::json(&database.db(), arguments);
            let states = tables.as_array().unwrap().iter();
            states.map(|table| (table["name"].clone(), table["state"].clone())).collect::<Vec<_>>()
        };
        let all = |state: &str| {
            ["streamer_connections", "streamer_requests", "streamer_subscriptions", "streamer_system"]
                .map(|name| (json!(name), json!(state)))
                .to_vec()
        };

        assert_eq!(states(&["tables", "ensure"]), all("created"));
        assert_eq!(states(&["tables", "ensure"]), all("existed"));
        assert_eq!(states(&["tables", "list"]), all("there"));
    }

    #[test]
    fn have_the_prefix_that_is_asked_for() {
        let database = Database::new();

        let tables = process::json(&database.db(), &["tables", "ensure", "--table-prefix", "mine_"]);

        assert_eq!(tables[0]["name"], "mine_connections");
        let others = process::json(&database.db(), &["tables", "list"]);
        assert_eq!(others[0]["state"], "missing");
    }

    #[test]
    fn are_not_made_by_looking() {
        let database = Database::new();

        for command in [&["tables", "list"][..], &["connections", "list", "--user", "u"]] {
            let output = run(streamer().args(command).args(["--db", &database.db()]));
            assert_eq!(output.status.code(), Some(3), "{command:?}");
        }

        assert_eq!(std::fs::read_dir(database.folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn are_not_made_by_looking_into_an_empty_file() {
        let database = Database::new();
        let path = database.folder.path().join("streamer.db");
        std::fs::write(&path, "").unwrap();

        let output = run(streamer().args(["tables", "list", "--db", &database.db()]));

        assert_eq!(output.status.code(), Some(3));
        assert_eq!(std::fs::metadata(path).unwrap().len(), 0);
    }

    #[test]
    fn that_are_missing_exit_with_3() {
        let database = Database::new();
        process::json(&database.db(), &["tables", "ensure"]);

        let output = run(streamer()
            .args(["connections", "get", "c-1", "--table-prefix", "other_"])
            .args(["--db", &database.db()]));

        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{stderr}");
        assert!(!stderr.contains("connections.get"), "{stderr}");
    }
}
