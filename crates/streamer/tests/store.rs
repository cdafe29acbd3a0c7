//! Connections in the store: seen from other processes, through crashes and restarts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use support::PATIENCE;
use support::client::Client;
use support::process::{self, Server, run, streamer};
use support::token::{claims, signed};
use tempfile::TempDir;

/// A folder with a database in it, gone when it is dropped.
struct Database {
    folder: TempDir,
}

impl Database {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn db(&self) -> String {
        format!("embedded:{}", self.folder.path().join("streamer.db").display())
    }

    fn serve(&self) -> Server {
        Server::start_with(&["--db", &self.db()])
    }

    /// What `streamer connections list` prints, in a process of its own.
    fn list(&self, whose: &str, id: &str) -> Vec<Value> {
        let list = process::json(&self.db(), &["connections", "list", whose, id, "--limit", "100000"]);
        list.as_array().unwrap().clone()
    }

    fn users(&self, tenant: &str) -> BTreeSet<String> {
        self.list("--tenant", tenant).iter().map(|c| c["userId"].as_str().unwrap().to_owned()).collect()
    }

    /// Waits until the tenant has this many connections.
    async fn holds(&self, tenant: &str, count: usize) {
        let reached = async {
            while self.list("--tenant", tenant).len() != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, reached).await.expect("the connections to be so many");
    }
}

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
        let _first = Client::connect(server.address(), &token).await;
        let _second = Client::connect(server.address(), &token).await;
        tokio::time::sleep(Duration::from_millis(1100)).await;
        let _third = Client::connect(server.address(), &token).await;

        let none = process::json(&database.db(), &["connections", "stale", "--before", "1h", "--yes"]);
        let some = process::json(&database.db(), &["connections", "stale", "--before", "1s", "--yes"]);

        assert_eq!(none, json!({ "removed": 0, "kept": 0, "failed": [] }));
        assert_eq!(some, json!({ "removed": 2, "kept": 0, "failed": [] }));
        assert_eq!(database.list("--user", "u-1").len(), 1);
    }

    #[tokio::test]
    async fn asks_before_it_removes() {
        let database = Database::new();
        let server = database.serve();
        let _client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        let output = run(streamer().args(["connections", "stale", "--before", "0s", "--db", &database.db()]));

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
            ["streamer_connections", "streamer_system"].map(|name| (json!(name), json!(state))).to_vec()
        };

        assert_eq!(states(&["tables", "ensure"]), all("created"));
        assert_eq!(states(&["tables", "ensure"]), all("existed"));
        assert_eq!(states(&["tables", "list"]), all("there"));
    }

    #[test]
    fn are_not_made_by_looking() {
        let database = Database::new();

        for command in [&["tables", "list"][..], &["connections", "list", "--user", "u"]] {
            let output = run(streamer().args(command).args(["--db", &database.db()]));
            assert_eq!(output.status.code(), Some(4), "{command:?}");
        }

        assert_eq!(std::fs::read_dir(database.folder.path()).unwrap().count(), 0);
    }
}

mod connection {
    use super::*;

    #[tokio::test]
    async fn is_removed_when_the_client_closes_it() {
        let database = Database::new();
        let server = database.serve();
        let mut client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        database.holds("t-1", 1).await;

        client.socket.close(None).await.unwrap();

        database.holds("t-1", 0).await;
    }

    #[tokio::test]
    async fn is_removed_when_the_client_vanishes() {
        let database = Database::new();
        let server = database.serve();
        let client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
        database.holds("t-1", 1).await;

        drop(client);

        database.holds("t-1", 0).await;
    }

    #[tokio::test]
    async fn is_removed_when_its_heartbeat_is_missed() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--heartbeat-interval", "200ms"]);
        // Not polled, so that it answers no ping.
        let _client = Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;

        database.holds("t-1", 0).await;
    }

    #[tokio::test]
    async fn is_not_left_behind_when_the_upgrade_is_never_read() {
        use tokio::io::AsyncWriteExt;

        let database = Database::new();
        let server = database.serve();
        let token = signed(&claims("u-1", "t-1"));
        for _ in 0..20 {
            let mut stream = tokio::net::TcpStream::connect(server.address()).await.unwrap();
            let request = format!(
                "GET /ws?token={token} HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
                 Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            );
            stream.write_all(request.as_bytes()).await.unwrap();
        }

        // The last one made is proof that the others were seen.
        let _client = Client::connect(server.address(), &token).await;
        database.holds("t-1", 1).await;
    }
}

mod server {
    use super::*;

    #[tokio::test]
    async fn leaves_no_connection_when_it_stops() {
        let database = Database::new();
        let server = database.serve();
        let mut clients = Vec::new();
        for _ in 0..5 {
            clients.push(Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await);
        }
        database.holds("t-1", 5).await;

        server.terminate();
        assert_eq!(server.finish().status.code(), Some(0));

        assert!(database.list("--tenant", "t-1").is_empty());
    }

    #[tokio::test]
    async fn killed_has_lost_no_connection_that_was_answered_and_its_successor_cleans_up() {
        let database = Database::new();
        let server = database.serve();
        let address = server.address().to_owned();
        let connecting: Vec<_> = (0..8)
            .map(|task| {
                let address = address.clone();
                tokio::spawn(async move {
                    let mut answered = Vec::new();
                    for number in 0.. {
                        let user = format!("u-{task}-{number}");
                        let path = format!("/ws?token={}", signed(&claims(&user, "t-1")));
                        match Client::try_connect(&address, &path, &[]).await {
                            Ok(client) => answered.push((user, client)),
                            Err(_) => break,
                        }
                    }
                    answered
                })
            })
            .collect();

        tokio::time::sleep(Duration::from_millis(500)).await;
        server.kill();
        let mut answered = BTreeSet::new();
        for task in connecting {
            answered.extend(task.await.unwrap().into_iter().map(|(user, _)| user));
        }

        let stored = database.users("t-1");
        assert!(answered.len() > 20, "only {} connections were made", answered.len());
        assert!(answered.is_subset(&stored), "lost: {:?}", answered.difference(&stored));
        let _successor = database.serve();
        assert!(database.list("--tenant", "t-1").is_empty(), "a restart leaves what is dead");
    }

    #[tokio::test]
    async fn is_refused_a_database_that_another_holds() {
        let database = Database::new();
        let first = database.serve();
        let _client = Client::connect(first.address(), &signed(&claims("u-1", "t-1"))).await;

        let second = run(streamer().args(["serve", "--listen", "127.0.0.1:0", "--db", &database.db()]));

        assert_eq!(second.status.code(), Some(4), "{}", String::from_utf8_lossy(&second.stderr));
        assert_eq!(database.list("--tenant", "t-1").len(), 1);
    }

    #[tokio::test]
    async fn without_endpoint_keeps_the_database_to_itself() {
        let database = Database::new();
        let _server = Server::start_with(&["--db", &database.db(), "--dynamodb-listen", "off"]);

        let output = run(streamer().args(["connections", "list", "--user", "u-1", "--db", &database.db()]));

        assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

mod bad_database {
    use super::*;

    const COMMANDS: [&[&str]; 3] = [
        &["serve", "--listen", "127.0.0.1:0"],
        &["tables", "ensure"],
        &["connections", "list", "--user", "u"],
    ];

    fn exit_codes(db: &str) -> Vec<Option<i32>> {
        let codes = COMMANDS.map(|command| {
            let output = run(streamer().args(command).args(["--db", db]));
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert!(stderr.starts_with("error: ") && !stderr.contains("panicked"), "{command:?}: {stderr}");
            output.status.code()
        });
        codes.to_vec()
    }

    #[test]
    fn that_is_another_file_exits_with_5_and_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.txt");
        let notes = "these are notes, no database\n".repeat(500);
        std::fs::write(&path, &notes).unwrap();

        let codes = exit_codes(&format!("embedded:{}", path.display()));

        assert_eq!(codes, [Some(5); 3]);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), notes);
    }

    #[test]
    fn that_is_damaged_exits_with_5() {
        let database = Database::new();
        process::json(&database.db(), &["tables", "ensure"]);
        let path = database.folder.path().join("streamer.db");
        let mut bytes = std::fs::read(&path).unwrap();
        for byte in bytes.iter_mut().skip(100).step_by(7) {
            *byte = !*byte;
        }
        std::fs::write(&path, bytes).unwrap();

        assert_eq!(exit_codes(&database.db()), [Some(5); 3]);
    }

    #[test]
    fn in_no_folder_exits_with_2() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();

        for path in [folder.path().join("absent/x.db"), file.join("x.db"), folder.path().to_owned()] {
            assert_eq!(
                exit_codes(&format!("embedded:{}", path.display())),
                [Some(2); 3],
                "{}",
                path.display()
            );
        }
    }

    #[test]
    fn of_no_engine_exits_with_2() {
        for db in ["", "streamer.db", "mysql://localhost", "embedded:"] {
            assert_eq!(exit_codes(db), [Some(2); 3], "{db:?}");
        }
    }
}
