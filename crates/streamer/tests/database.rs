//! The database of a server: what is in it through ends and crashes, and who may use it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use dynamorm::embedded::Embedded;
use support::{
    client::Client,
    database::Database,
    process::{self, Server, run, streamer},
    running::until,
    token::{claims, signed},
};

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
        let count = Arc::new(AtomicUsize::new(0));
        let connecting: Vec<_> = (0..8)
            .map(|task| {
                let (address, count) = (address.clone(), Arc::clone(&count));
                tokio::spawn(async move {
                    let mut answered = Vec::new();
                    for number in 0.. {
                        let user = format!("u-{task}-{number}");
                        let path = format!("/ws?token={}", signed(&claims(&user, "t-1")));
                        match Client::try_connect(&address, &path, &[]).await {
                            Ok(client) => {
                                answered.push((user, client));
                                count.fetch_add(1, Ordering::Relaxed);
                            }
                            Err(_) => break,
                        }
                    }
                    answered
                })
            })
            .collect();

        until(async || count.load(Ordering::Relaxed) >= 50).await;
        server.kill();
        let mut answered = BTreeSet::new();
        for task in connecting {
            answered.extend(task.await.unwrap().into_iter().map(|(user, _)| user));
        }

        let stored = database.users("t-1");
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
    async fn waits_for_a_command_that_has_the_database_open() {
        let database = Database::new();
        let file = Embedded::open(database.folder.path().join("streamer.db")).unwrap();
        let command = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(500));
            drop(file);
        });

        let server = database.serve();

        command.join().unwrap();
        Client::connect(server.address(), &signed(&claims("u-1", "t-1"))).await;
    }

    #[tokio::test]
    async fn that_hangs_is_not_waited_for_by_commands() {
        let database = Database::new();
        let server = database.serve();
        server.signal("STOP");

        let output = run(streamer().args(["connections", "list", "--user", "u-1", "--db", &database.db()]));

        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(4), "{stderr}");
        assert!(stderr.contains("gave no answer"), "{stderr}");
    }

    #[tokio::test]
    async fn without_endpoint_keeps_the_database_to_itself() {
        let database = Database::new();
        let _server = Server::start_with(&["--db", &database.db(), "--dynamodb-listen", "off"]);

        let output = run(streamer().args(["connections", "list", "--user", "u-1", "--db", &database.db()]));

        assert_eq!(output.status.code(), Some(4), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

mod dynamodb_endpoint {
    use super::*;
    use support::client::raw;

    /// Lists the tables over HTTP, with a signature that is none.
    async fn list_tables(url: &str, headers: &str) -> String {
        let address = url.strip_prefix("http://").unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nX-Amz-Target: DynamoDB_20120810.ListTables\r\n\
             Content-Type: application/x-amz-json-1.0\r\n{headers}Content-Length: 2\r\n\r\n{{}}"
        );
        raw(address, &request).await
    }

    #[tokio::test]
    async fn takes_no_request_without_its_key_by_itself() {
        let server = Database::new().serve();
        let url = server.announcement()["dynamodbUrl"].as_str().unwrap().to_owned();

        let answer = list_tables(&url, "").await;

        assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert!(!answer.contains("streamer_connections"), "{answer}");
    }

    #[test]
    fn says_to_people_where_its_key_is() {
        let database = Database::new();
        let mut serve = streamer();
        serve.args(["serve", "--listen", "127.0.0.1:0", "--db", &database.db()]);

        let auto = run(&mut process::after("timeout 2", &serve));
        let at = run(&mut process::after("timeout 2", serve.args(["--dynamodb-listen", "127.0.0.1:0"])));

        let (auto, at) = (String::from_utf8(auto.stdout).unwrap(), String::from_utf8(at.stdout).unwrap());
        assert!(auto.contains("streamer.db.lock") && at.contains("DynamoDB's protocol"), "{auto}{at}");
        assert!(!at.contains("streamer.db.lock"), "{at}");
    }

    #[tokio::test]
    async fn takes_any_credentials_when_it_has_an_address() {
        let database = Database::new();
        let server = Server::start_with(&["--db", &database.db(), "--dynamodb-listen", "127.0.0.1:0"]);
        let url = server.announcement()["dynamodbUrl"].as_str().unwrap().to_owned();

        let open = list_tables(&url, "").await;
        let from_a_page = list_tables(&url, "Origin: http://localhost\r\n").await;

        assert!(open.contains("streamer_connections"), "{open}");
        assert!(database.list("--user", "u-1").is_empty(), "the command goes through it too");
        assert!(from_a_page.starts_with("HTTP/1.1 4"), "{from_a_page}");
    }

    #[tokio::test]
    async fn takes_a_loopback_address_in_its_mapped_form() {
        let server = Server::start_with(&["--db", "memory:", "--dynamodb-listen", "[::ffff:127.0.0.1]:0"]);

        assert!(server.announcement()["dynamodbUrl"].as_str().unwrap().starts_with("http://127.0.0.1:"));
    }

    #[tokio::test]
    async fn on_a_busy_port_exits_with_6() {
        let (busy, database) = (Server::start(), Database::new());

        let output = run(streamer()
            .args(["serve", "--listen", "127.0.0.1:0", "--db", &database.db()])
            .args(["--dynamodb-listen", busy.address()]));

        assert_eq!(output.status.code(), Some(6), "{}", String::from_utf8_lossy(&output.stderr));
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
    fn in_a_read_only_folder_exits_with_2() {
        use std::os::unix::{
            fs::{MetadataExt, PermissionsExt},
            process::CommandExt,
        };

        const NOBODY: u32 = 65534;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
        let is_root = folder.path().metadata().unwrap().uid() == 0;
        // Permissions do not bind root. Whoever else runs the command must be able to reach it.
        let command = || {
            let mut command = streamer();
            if is_root {
                command.uid(NOBODY).gid(NOBODY);
            }
            command
        };
        let reachable = command().arg("--version").output().is_ok_and(|output| output.status.success());
        if !reachable {
            eprintln!("skipped: the command cannot be run by anyone but root here");
            return;
        }

        let db = format!("embedded:{}", folder.path().join("x.db").display());
        for arguments in [&["serve", "--listen", "127.0.0.1:0"][..], &["tables", "ensure"]] {
            let output = run(command().args(arguments).args(["--db", &db]));

            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
            assert!(stderr.contains("read-only"), "{stderr}");
        }
    }

    #[test]
    fn of_no_engine_exits_with_2() {
        for db in ["", "streamer.db", "mysql://localhost", "embedded:"] {
            assert_eq!(exit_codes(db), [Some(2); 3], "{db:?}");
        }
        let output = run(streamer().args(["tables", "list", "--db", "streamer.db"]));
        let stderr = String::from_utf8(output.stderr).unwrap();
        // The text itself may hold a password.
        assert!(stderr.contains("--db") && stderr.contains("`embedded:<path>`"), "{stderr}");
    }

    #[test]
    fn that_links_to_nothing_exits_with_2() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(folder.path().join("nothing.db"), &link).unwrap();

        assert_eq!(exit_codes(&format!("embedded:{}", link.display())), [Some(2); 3]);
    }
}
