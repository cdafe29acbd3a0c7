//! `streamer submit`, in a process of its own, against a server in another.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::process::{Command, Output};

use serde_json::{Value, json};
use support::{
    process::{Server, run, secret_file, streamer},
    token::{claims, signed},
};

fn submit(server: &Server, arguments: &[&str]) -> Command {
    let mut command = streamer();
    command.arg("submit").args(arguments).args(["--url", &format!("ws://{}/ws", server.address())]);
    command
}

fn signed_in(server: &Server, arguments: &[&str]) -> Command {
    let mut command = submit(server, arguments);
    command.env("STREAMER_TOKEN", signed(&claims("ann", "acme")));
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    stdout(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

mod action_at_once {
    use super::*;

    #[test]
    fn is_printed_with_its_answer() {
        let server = Server::start();

        let output = run(&mut signed_in(&server, &["ping"]));

        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let text = stdout(&output);
        assert!(text.starts_with("COMPLETED   100 %\n{\n  \"pong\": true,"), "{text}");
    }

    #[test]
    fn is_one_line_of_json_where_json_is_asked_for() {
        let server = Server::start();

        let output = run(&mut signed_in(&server, &["whoami", "--id", "r-1", "--json"]));

        let lines = lines(&output);
        assert_eq!((lines.len(), output.status.code()), (1, Some(0)), "{}", stderr(&output));
        assert_eq!((&lines[0]["requestId"], &lines[0]["status"]), (&json!("r-1"), &json!("COMPLETED")));
        assert_eq!(lines[0]["result"]["user_id"], "ann");
    }

    #[test]
    fn that_nobody_knows_exits_with_1() {
        let server = Server::start();

        let output = run(&mut signed_in(&server, &["dance\u{1b}[2J", "--id", "r-1"]));

        assert_eq!(output.status.code(), Some(1));
        let said = stderr(&output);
        assert!(said.starts_with("error: request `r-1` is refused: INVALID_ACTION: "), "{said}");
        assert!(!said.contains('\u{1b}'), "{said:?}");
        assert!(output.stdout.is_empty());
    }
}

mod token {
    use super::*;

    #[test]
    fn comes_by_flag_or_file_which_go_before_the_variable() {
        let server = Server::start();
        let folder = tempfile::tempdir().unwrap();
        let token = signed(&claims("bob", "acme"));
        let file = secret_file(folder.path(), &format!("{token}\n"));
        let user = |command: &mut Command| lines(&run(command))[0]["result"]["user_id"].clone();

        let by_flag = user(&mut signed_in(&server, &["whoami", "--json", "--token", &token]));
        let by_file = user(signed_in(&server, &["whoami", "--json"]).arg("--token-file").arg(&file));

        assert_eq!((by_flag, by_file), (json!("bob"), json!("bob")));
    }

    #[test]
    fn that_the_server_refuses_exits_with_2_and_is_not_shown() {
        let server = Server::start();

        let none = run(&mut submit(&server, &["ping"]));
        let bad = run(&mut submit(&server, &["ping", "--token", "s3cret"]));

        for output in [&none, &bad] {
            assert_eq!(output.status.code(), Some(2));
            assert!(stderr(output).contains("UNAUTHORIZED"), "{}", stderr(output));
        }
        assert!(!stderr(&bad).contains("s3cret"));
    }

    #[test]
    fn file_that_holds_none_exits_with_2() {
        let server = Server::start();
        let folder = tempfile::tempdir().unwrap();
        let empty = secret_file(folder.path(), " \n");

        for file in [empty.to_str().unwrap(), "/no/such/file", "/dev/zero"] {
            let output = run(&mut submit(&server, &["ping", "--token-file", file]));

            assert_eq!(output.status.code(), Some(2), "{file}");
            assert!(stderr(&output).contains("cannot use the token file"), "{}", stderr(&output));
        }
    }
}

mod usage {
    use super::*;

    #[test]
    fn that_is_wrong_exits_with_2() {
        let server = Server::start();
        for wrong in [
            &["ping", "--payload", "[1]"][..],
            &["ping", "--payload", "{"],
            &["ping", "--payload", "@/no/such/file"],
            &["ping", "--id", ""],
            &["ping", "--timeout", "soon"],
            &[""],
        ] {
            let output = run(&mut signed_in(&server, wrong));

            assert_eq!(output.status.code(), Some(2), "{wrong:?}: {}", stderr(&output));
        }
        let large = json!({ "p": "x".repeat(128 * 1024) }).to_string();
        let folder = tempfile::tempdir().unwrap();
        let file = secret_file(folder.path(), &large);
        let output = run(&mut signed_in(&server, &["ping", "--payload", &format!("@{}", file.display())]));
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("the limit is 131072"), "{}", stderr(&output));
    }

    #[test]
    fn of_an_address_where_no_server_is_exits_with_4() {
        for (url, code) in
            [("ws://127.0.0.1:1/ws", 4), ("http://127.0.0.1:1/ws", 2), ("wss://127.0.0.1:1/ws", 4)]
        {
            let output = run(streamer().args(["submit", "ping", "--url", url, "--json"]));

            let error: Value = serde_json::from_slice(&output.stderr).unwrap();
            assert_eq!(
                (output.status.code(), &error["error"]["exitCode"]),
                (Some(code), &json!(code)),
                "{error}"
            );
        }
    }
}
