//! What an operator demands of whoever asks for an action, over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;

use serde_json::{Value, json};
use streamer::{
    action::RequiredPermissions,
    server::{Ownership, Server as LibraryServer, ServerConfig, bind},
};
use streamer_store::StoreFactory;
use support::{
    client::Client,
    handler::Restricted,
    process::{Server, run, streamer},
    running::{Running, config},
    token::{claims, signed},
};
use tempfile::TempDir;

/// A client of this server whose token has these permissions.
async fn connect(address: &str, permissions: &[&str]) -> Client {
    let mut claims = claims("u-1", "t-1");
    claims["permissions"] = json!(permissions);
    Client::connect(address, &signed(&claims)).await
}

/// What the answer to this action is: its code where it is refused, else its type.
async fn answer(client: &mut Client, action: &str, payload: Value) -> String {
    let answer = client.ask(json!({ "action": action, "payload": payload })).await;
    answer["error"]["code"].as_str().or(answer["type"].as_str()).unwrap().to_owned()
}

mod flag {
    use super::*;

    /// A directory with a file to make a report of.
    fn data() -> TempDir {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("sales.csv"), "region,amount\nnorth,1\n").unwrap();
        data
    }

    fn report() -> Value {
        json!({ "source": "sales.csv", "group_by": "region", "sum": "amount" })
    }

    #[tokio::test]
    async fn keeps_a_built_in_handler_from_whoever_lacks_the_permission() {
        let data = data();
        let require = "generate_report=reports:run";
        let server = Server::start_with(&[
            "--db",
            "memory:",
            "--data-dir",
            data.path().to_str().unwrap(),
            "--require-permission",
            require,
        ]);
        let mut without = connect(server.address(), &["reports"]).await;
        let mut with = connect(server.address(), &["reports:run"]).await;
        let mut with_all = connect(server.address(), &["*"]).await;

        assert_eq!(answer(&mut without, "generate_report", report()).await, "FORBIDDEN");
        let listed = without.ask(json!({ "action": "list" })).await;
        assert_eq!(listed["data"]["requests"], json!([]), "it was stored all the same");
        assert_eq!(answer(&mut without, "count", json!({ "to": 1 })).await, "acknowledgment");
        for client in [&mut with, &mut with_all] {
            client.ask(json!({ "action": "generate_report", "payload": report() })).await;
            let mut end = client.receive().await;
            while end["type"] == "progress" {
                end = client.receive().await;
            }
            assert_eq!(end["result"]["sum"], 1, "{end}");
        }
    }

    #[tokio::test]
    async fn says_in_the_answer_which_permission_is_missing() {
        let server = Server::start_with(&["--db", "memory:", "--require-permission", "count=counting"]);
        let mut client = connect(server.address(), &[]).await;

        let answer = client.ask(json!({ "action": "count", "payload": { "to": 1 } })).await;

        let text = "the token has no permission `counting`, which `count` needs";
        assert_eq!(answer["error"]["message"], text);
    }

    #[tokio::test]
    async fn is_taken_several_times_and_each_time_counts() {
        let server = Server::start_with(&[
            "--db",
            "memory:",
            "--require-permission",
            "count=a",
            "--require-permission",
            "count=b,cancel=c",
        ]);
        let mut with_one = connect(server.address(), &["a"]).await;
        let mut with_both = connect(server.address(), &["a", "b"]).await;
        let none = json!({ "request_id": "none" });

        assert_eq!(answer(&mut with_one, "count", json!({ "to": 1 })).await, "FORBIDDEN");
        assert_eq!(answer(&mut with_both, "cancel", none).await, "FORBIDDEN");
        assert_eq!(answer(&mut with_both, "count", json!({ "to": 1 })).await, "acknowledgment");
    }

    #[test]
    fn that_names_no_action_of_the_server_is_refused_with_those_that_there_are() {
        let folder = tempfile::tempdir().unwrap();
        let mut serve = streamer();
        serve.current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]);

        // Without a directory for it there is no such action.
        let output = run(serve.args(["--require-permission", "generate_report=reports"]));

        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`generate_report`, which the server does not have"), "{said}");
        assert!(said.contains("`cancel`, `count`, `echo`, `echo_async`, `list`"), "{said}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "a database was made");
    }

    #[test]
    fn that_names_no_action_or_no_permission_is_refused() {
        for wrong in ["count", "=counting", "count=", "", "count=a,"] {
            let output = run(streamer().args(["serve", "--require-permission", wrong]));

            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{wrong:?}: {said}");
            assert!(said.contains("--require-permission"), "{wrong:?}: {said}");
        }
    }

    #[test]
    fn is_read_from_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let mut serve = streamer();
        serve.current_dir(folder.path()).args(["serve", "--listen", "127.0.0.1:0"]);

        let output = run(serve.env("STREAMER_REQUIRE_PERMISSION", "count=a,dance=b"));

        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("`dance`, which the server does not have"), "{said}");
    }
}

mod setting {
    use super::*;

    #[tokio::test]
    async fn is_asked_for_besides_what_the_handler_asks_for() {
        let stores = StoreFactory::connect("memory:").unwrap().with_shards(1);
        let server = Running::start_with(&stores, Ownership::Exclusive, |server| {
            let required_permissions = RequiredPermissions::new().require("restricted", "operators");
            let config = ServerConfig { required_permissions, ..config(Ownership::Exclusive) };
            server.handler(Restricted).config(config)
        })
        .await;

        for (permissions, expected) in [
            (&["operators"][..], "FORBIDDEN"),
            (&["restricted:run"], "FORBIDDEN"),
            (&["operators", "restricted:run"], "acknowledgment"),
        ] {
            let mut client = connect(&server.address, permissions).await;
            assert_eq!(answer(&mut client, "restricted", json!({})).await, expected, "{permissions:?}");
        }
    }

    #[tokio::test]
    async fn that_no_token_can_satisfy_keeps_the_server_from_its_start() {
        for (action, permission) in
            [("dance", "a".to_owned()), ("ping", String::new()), ("ping", "a".repeat(513))]
        {
            let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
            let required_permissions = RequiredPermissions::new().require(action, permission);
            let config = ServerConfig { required_permissions, ..config(Ownership::Exclusive) };

            let stores = StoreFactory::connect("memory:").unwrap();
            let error = LibraryServer::new(stores).config(config).start(listener).await.unwrap_err();

            assert_eq!(error.kind(), streamer::ErrorKind::Configuration, "{error}");
        }
    }
}
