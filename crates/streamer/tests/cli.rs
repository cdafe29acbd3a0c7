//! The command line: its reference, its errors and exit codes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Output;

use serde_json::Value;
use support::process::{Server, run, secret_file, streamer};

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

mod reference {
    #[test]
    fn is_what_the_command_itself_says() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/cli.md");
        let generated = streamer::cli::reference(streamer::cli::command());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(path, &generated).unwrap();
        }

        let written = std::fs::read_to_string(path).unwrap_or_default();

        assert_eq!(written, generated, "write it anew: UPDATE_DOCS=1 cargo test -p streamer --test cli");
    }

    #[test]
    fn command_is_well_defined() {
        streamer::cli::command().debug_assert();
    }
}

mod help {
    use super::*;

    #[test]
    fn is_printed_without_a_subcommand() {
        let output = run(&mut streamer());

        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("Usage: streamer"), "{}", stdout(&output));
    }

    #[test]
    fn is_printed_for_a_group_without_a_command() {
        let output = run(streamer().arg("connections"));

        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("Usage: streamer connections"), "{}", stdout(&output));
    }

    #[test]
    fn names_the_exit_codes() {
        let output = run(streamer().arg("--help"));

        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("Exit codes:"));
    }

    #[test]
    fn shows_no_value_of_the_environment() {
        let output =
            run(streamer().args(["serve", "--help"]).env("STREAMER_JWT_HS256_SECRET_FILE", "/x/secret"));

        assert!(!stdout(&output).contains("/x/secret"));
    }
}

mod usage {
    use super::*;

    #[test]
    fn errors_exit_with_2() {
        for arguments in [
            &["dance"][..],
            &["serve", "--listen", "nowhere"],
            &["serve", "--heartbeat-interval", "1ms"],
            &["serve", "--max-connections", "0"],
            &["serve", "--dynamodb-listen", "0.0.0.0:8000"],
            &["connections", "list"],
            &["connections", "list", "--user", "u", "--tenant", "t"],
            &["connections", "list", "--user", "u", "--limit", "0"],
            &["connections", "get", ""],
            &["connections", "stale", "--before", "soon"],
            &["connections", "stale", "--before", "119s", "--yes"],
            &["tables", "list", "--log", "a=b=c"],
        ] {
            let output = run(streamer().args(arguments));

            assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
            assert!(stderr(&output).starts_with("error: "), "{arguments:?}: {}", stderr(&output));
            assert!(output.stdout.is_empty(), "{arguments:?}");
        }
    }

    #[test]
    fn errors_are_json_when_json_is_asked_for() {
        for arguments in [&["dance", "--json"][..], &["--json", "serve", "--listen", "0.0.0.0:0"]] {
            let output = run(streamer().args(arguments));

            let error: Value = serde_json::from_slice(&output.stderr).unwrap();
            assert_eq!(error["error"]["kind"], "configuration", "{error}");
            assert_eq!(error["error"]["exitCode"], 2, "{error}");
        }
    }

    #[test]
    fn errors_are_json_when_the_environment_asks_for_it() {
        for (value, is_json) in [("1", true), ("yes", true), ("0", false), ("", false)] {
            let output = run(streamer().arg("--bogus").env("STREAMER_JSON", value));

            assert_eq!(output.status.code(), Some(2));
            assert_eq!(serde_json::from_slice::<Value>(&output.stderr).is_ok(), is_json, "{value:?}");
        }
    }

    #[test]
    fn variables_that_are_empty_count_as_not_set() {
        let folder = tempfile::tempdir().unwrap();
        let mut command = streamer();
        for name in ["DB", "TABLE_PREFIX", "JSON", "LOG", "LOG_FORMAT", "LISTEN", "MAX_CONNECTIONS"] {
            command.env(format!("STREAMER_{name}"), "");
        }

        let output = run(command.current_dir(folder.path()).args(["tables", "ensure"]));

        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stdout(&output).contains("streamer_connections"), "{}", stdout(&output));
        let refused = run(streamer().args(["serve", "--listen", "x"]).env("STREAMER_LISTEN", ""));
        assert!(stderr(&refused).contains("such as 127.0.0.1:8080"), "{}", stderr(&refused));
    }

    #[test]
    fn flags_are_read_from_the_environment() {
        let output =
            run(streamer().arg("serve").env("STREAMER_LISTEN", "0.0.0.0:0").env("STREAMER_JSON", "1"));

        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("0.0.0.0:0"), "{}", stderr(&output));
        assert!(serde_json::from_slice::<Value>(&output.stderr).is_ok());
    }
}

mod serve {
    use super::*;

    #[test]
    fn needs_a_key_where_others_can_reach_it() {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
            let output = run(streamer().args(["serve", "--listen", address]));

            assert_eq!(output.status.code(), Some(2), "{address}");
            assert!(stderr(&output).contains("--jwt-hs256-secret-file"), "{}", stderr(&output));
        }
    }

    #[test]
    fn takes_localhost_for_an_address() {
        let server = Server::start();
        let port = server.address().rsplit_once(':').unwrap().1;

        let output = run(streamer().args(["serve", "--listen", &format!("localhost:{port}")]));

        assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
        assert!(stderr(&output).contains(server.address()), "{}", stderr(&output));
    }

    #[test]
    fn refuses_a_short_secret() {
        let folder = tempfile::tempdir().unwrap();
        let secret = secret_file(folder.path(), "short");

        let output = run(streamer().args(["serve", "--jwt-hs256-secret-file"]).arg(&secret));

        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("32"), "{}", stderr(&output));
        assert!(!stderr(&output).contains("short"), "{}", stderr(&output));
    }

    #[test]
    fn warns_of_a_secret_that_others_may_read() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let secret = secret_file(folder.path(), &"x".repeat(31));
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).unwrap();

        let output = run(streamer().args(["serve", "--jwt-hs256-secret-file"]).arg(&secret));

        assert!(stderr(&output).contains("chmod 600"), "{}", stderr(&output));
    }

    #[test]
    fn exits_with_6_on_a_busy_port() {
        let server = Server::start();
        let folder = tempfile::tempdir().unwrap();

        let output = run(streamer().current_dir(folder.path()).args(["serve", "--listen", server.address()]));

        assert_eq!(output.status.code(), Some(6));
        assert!(stderr(&output).contains(server.address()), "{}", stderr(&output));
        let left = std::fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(left, 0, "a database was made before the address was sure");
    }
}
