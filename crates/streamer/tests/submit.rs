//! `streamer submit`, in a process of its own, against a server in another.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    io::{BufRead, BufReader, Read},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{
    database::Database,
    process::{Server, run, secret_file, streamer},
    secure::Certificate,
    token::{claims, signed},
};
use tokio_tungstenite::tungstenite::{
    self,
    handshake::server::{ErrorResponse, Request, Response},
    http::HeaderValue,
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

mod queued_action {
    use super::*;

    const LONG: &str = r#"{"to":100,"delay_ms":100}"#;

    #[test]
    fn is_followed_to_its_result() {
        let server = Server::start();
        let count = ["count", "--payload", r#"{"to":4,"delay_ms":100}"#, "--id", "r-1"];

        let for_programs = run(signed_in(&server, &count).arg("--json"));
        let for_people = run(&mut signed_in(&server, &count));

        assert_eq!(for_programs.status.code(), Some(0), "{}", stderr(&for_programs));
        let lines = lines(&for_programs);
        assert_eq!(lines[0], json!({ "requestId": "r-1", "status": "PENDING" }));
        let (end, progress) = lines.split_last().unwrap();
        assert_eq!((&end["status"], &end["progress"]), (&json!("COMPLETED"), &json!(100)));
        assert_eq!(end["result"], json!({ "counted": 4 }));
        let seen: Vec<_> = progress[1..].iter().map(|line| line["progress"].as_u64().unwrap()).collect();
        assert!(!seen.is_empty() && seen.is_sorted(), "{seen:?}");
        // The same id, action and payload are the same request, which has ended.
        assert_eq!(for_people.status.code(), Some(0));
        let text = stdout(&for_people);
        assert!(text.contains("COMPLETED   100 %") && text.ends_with("{\n  \"counted\": 4\n}\n"), "{text}");
    }

    #[test]
    fn that_fails_or_is_cancelled_exits_with_7() {
        let database = Database::new();
        let server = database.serve();
        let failed = run(&mut signed_in(&server, &["count", "--payload", r#"{"to":1,"fail_at":1}"#]));
        let mut following =
            follow(signed_in(&server, &["count", "--payload", LONG, "--id", "r-1", "--json"]));
        following.line();

        let cancel = ["requests", "cancel", "r-1", "--tenant", "acme", "--db", &database.db()];
        assert!(run(streamer().args(cancel)).status.success());

        let cancelled = following.finish();
        assert_eq!((failed.status.code(), cancelled.status.code()), (Some(7), Some(7)));
        assert!(stderr(&failed).contains("failed at 1, as was asked for"), "{}", stderr(&failed));
        assert!(stdout(&failed).contains("FAILED"), "{}", stdout(&failed));
        let error: Value = serde_json::from_str(&stderr(&cancelled)).unwrap();
        assert_eq!(error["error"]["message"], "request `r-1` was cancelled");
    }

    #[test]
    fn that_takes_too_long_exits_with_8_and_goes_on() {
        let server = Server::start();
        let count = ["count", "--payload", r#"{"to":40,"delay_ms":100}"#, "--id", "r-1", "--json"];

        let short = run(signed_in(&server, &count).args(["--timeout", "2s"]));
        let rest = run(&mut signed_in(&server, &count));

        assert_eq!((short.status.code(), rest.status.code()), (Some(8), Some(0)));
        assert!(stderr(&short).contains("request `r-1` has not ended in time"), "{}", stderr(&short));
        assert_eq!(lines(&rest).last().unwrap()["result"], json!({ "counted": 40 }));
    }

    #[test]
    fn is_not_waited_for_where_nobody_wants_to() {
        let server = Server::start();
        let count = ["count", "--payload", LONG, "--id", "r-1", "--no-wait"];

        let for_people = run(&mut signed_in(&server, &count));
        let for_programs = run(signed_in(&server, &count).arg("--json"));

        assert_eq!(stdout(&for_people), "request `r-1` is submitted\n");
        assert_eq!(lines(&for_programs), [json!({ "requestId": "r-1", "status": "PENDING" })]);
    }

    #[test]
    fn goes_on_when_the_command_is_interrupted() {
        let server = Server::start();
        let count = ["count", "--payload", r#"{"to":10,"delay_ms":100}"#, "--id", "r-1", "--json"];
        let mut following = follow(signed_in(&server, &count));
        following.line();

        following.interrupt();
        let interrupted = following.finish();

        assert_eq!(interrupted.status.code(), Some(130));
        assert!(stderr(&interrupted).contains("stopped waiting for request `r-1`; it goes on"));
        assert_eq!(run(&mut signed_in(&server, &count)).status.code(), Some(0));
    }

    #[test]
    fn outlives_a_server_that_is_killed_and_started_again() {
        let database = Database::new();
        let lease = ["--lease", "3s", "--db", &database.db()];
        let server = Server::start_with(&lease);
        let address = server.address().to_owned();
        let count = ["count", "--payload", r#"{"to":10,"delay_ms":100}"#, "--json"];
        let mut following = follow(signed_in(&server, &count));
        following.line();

        server.kill();
        let _server = Server::start_with(&[&lease[..], &["--listen", &address]].concat());

        let finished = following.finish();
        assert_eq!(finished.status.code(), Some(0), "{}", stderr(&finished));
        assert_eq!(lines(&finished).last().unwrap()["result"], json!({ "counted": 10 }));
    }

    /// A command that runs; its lines as they come.
    struct Following {
        child: Child,
        lines: BufReader<ChildStdout>,
    }

    fn follow(mut command: Command) -> Following {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Following { child, lines }
    }

    impl Following {
        fn line(&mut self) {
            self.lines.read_line(&mut String::new()).unwrap();
        }

        fn interrupt(&self) {
            let pid = self.child.id().to_string();
            assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
        }

        /// What comes from here on.
        fn finish(mut self) -> Output {
            let mut rest = Vec::new();
            self.lines.read_to_end(&mut rest).unwrap();
            let mut output = self.child.wait_with_output().unwrap();
            output.stdout = rest;
            output
        }
    }
}

mod timeout {
    use super::*;

    /// What is done on a connection that a server takes.
    type Greeting = fn(&TcpStream);

    /// A server that takes connections, does this on each, and says nothing more; returns its URL.
    fn mute(greeting: Greeting) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("ws://{}/ws", listener.local_addr().unwrap());
        thread::spawn(move || {
            // Kept, so that nothing is closed.
            let mut taken = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                greeting(&stream);
                taken.push(stream);
            }
        });
        url
    }

    /// The handshake of a server that goes silent after it.
    fn shake_hands(stream: &TcpStream) {
        tungstenite::accept_hdr(stream, select_version_1).unwrap();
    }

    #[allow(clippy::result_large_err, reason = "the signature that is asked for")]
    fn select_version_1(_: &Request, mut response: Response) -> Result<Response, ErrorResponse> {
        let version = HeaderValue::from_static("streamer.v1");
        response.headers_mut().insert("sec-websocket-protocol", version);
        Ok(response)
    }

    /// Submits to a server with two seconds of time, in which a busy machine connects; returns what was said, before the
    /// client gives up by itself.
    fn submit_in_time(url: &str) -> Output {
        let count = ["submit", "count", "--id", "r-1", "--timeout", "2s", "--url", url];
        let began = Instant::now();

        let output = run(streamer().args(count).env("STREAMER_TOKEN", "a.b.c"));

        assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
        output
    }

    #[test]
    fn ends_a_wait_for_a_connection_and_says_that_nothing_is_submitted() {
        let output = submit_in_time(&mute(|_| {}));

        assert_eq!(output.status.code(), Some(8), "{}", stderr(&output));
        let said = "error: there was no connection to the server in time; request `r-1` is not submitted\n";
        assert_eq!(stderr(&output), said);
    }

    #[test]
    fn ends_a_wait_for_the_acknowledgment_and_says_that_it_may_be_stored() {
        let output = submit_in_time(&mute(shake_hands));

        assert_eq!(output.status.code(), Some(8), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains("was not acknowledged in time, and may be stored or not"), "{said}");
        assert!(said.contains("with `--id r-1`"), "{said}");
    }

    #[test]
    fn ends_a_wait_for_the_end_and_says_how_to_go_on() {
        let server = Server::start();
        let count = ["count", "--payload", r#"{"to":100,"delay_ms":100}"#, "--id", "r-1"];

        let output = run(signed_in(&server, &count).args(["--timeout", "2s"]));

        assert_eq!(output.status.code(), Some(8), "{}", stderr(&output));
        let said = stderr(&output);
        assert!(said.contains("request `r-1` has not ended in time, and goes on"), "{said}");
        assert!(said.contains("with `--id r-1` follows it"), "{said}");
    }

    #[test]
    fn leaves_alone_what_ends_in_time() {
        let server = Server::start();

        let output =
            run(signed_in(&server, &["count", "--payload", r#"{"to":1}"#]).args(["--timeout", "10s"]));

        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
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

mod tls {
    use super::*;

    #[test]
    fn reaches_a_server_whose_certificate_is_named_and_no_other() {
        let (certificate, other) = (Certificate::new(), Certificate::new());
        let flags = certificate.flags();
        let flags: Vec<&str> = flags.iter().map(String::as_str).chain(["--db", "memory:"]).collect();
        let server = Server::start_with(&flags);
        let url = format!("wss://{}/ws", server.address());
        let submit = |trusted: &Certificate| {
            let mut command = streamer();
            command.args(["submit", "whoami", "--json", "--url", &url, "--tls-ca"]).arg(trusted.path());
            run(command.env("STREAMER_TOKEN", signed(&claims("ann", "acme"))))
        };

        let trusting = submit(&certificate);
        let distrusting = submit(&other);

        assert_eq!(trusting.status.code(), Some(0), "{}", stderr(&trusting));
        assert_eq!(lines(&trusting)[0]["result"]["user_id"], "ann");
        assert_eq!(distrusting.status.code(), Some(4), "{}", stderr(&distrusting));
        let no_certificate =
            run(streamer().args(["submit", "ping", "--url", &url, "--tls-ca"]).arg(certificate.key_path()));
        assert_eq!(no_certificate.status.code(), Some(2), "{}", stderr(&no_certificate));
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
