//! Settings that are so short that a server would do little else are refused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use streamer::{
    Error, ErrorKind,
    handler::Handlers,
    server::{Ownership, Server, ServerConfig, bind},
    worker::{MIN_LEASE, MIN_POLL_INTERVAL, Worker, WorkerOptions},
};
use streamer_store::StoreFactory;
use support::{
    process::{run, streamer},
    running::config,
};

mod command_line {
    use super::*;

    /// Runs the command with a setting; returns its exit code and what it said.
    fn refused(arguments: &[&str], variable: Option<(&str, &str)>) -> (Option<i32>, String) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = streamer();
        command.current_dir(folder.path()).args(arguments).envs(variable);
        let output = run(&mut command);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }

    #[test]
    fn names_the_setting_and_what_it_may_be() {
        for command in ["serve", "work"] {
            for (flag, value, allowed) in [
                ("--lease", "999ms", "3s and 1h"),
                ("--lease", "2999ms", "3s and 1h"),
                ("--lease", "0s", "3s and 1h"),
                ("--poll-interval", "49ms", "50ms and 5m"),
                ("--poll-interval", "0s", "50ms and 5m"),
            ] {
                let (code, said) = refused(&[command, flag, value], None);

                assert_eq!(code, Some(2), "{command} {flag} {value}: {said}");
                assert!(said.contains(flag) && said.contains(allowed), "{said}");
            }
        }
    }

    #[test]
    fn refuses_heartbeats_of_a_server_that_are_none() {
        for (flag, allowed) in
            [("--heartbeat-interval", "100ms and 1h"), ("--presence-interval", "1s and 1h")]
        {
            let (code, said) = refused(&["serve", flag, "0s"], None);

            assert_eq!(code, Some(2), "{flag}: {said}");
            assert!(said.contains(flag) && said.contains(allowed), "{said}");
        }
    }

    #[test]
    fn refuses_the_same_of_the_environment() {
        for (name, value) in [
            ("STREAMER_LEASE", "1ms"),
            ("STREAMER_POLL_INTERVAL", "1ms"),
            ("STREAMER_HEARTBEAT_INTERVAL", "0s"),
        ] {
            let (code, said) = refused(&["serve"], Some((name, value)));

            assert_eq!(code, Some(2), "{name}: {said}");
            assert!(said.contains("it has to be between"), "{said}");
        }
    }
}

mod library {
    use super::*;

    const SHORTER: Duration = Duration::from_millis(1);

    fn too_short() -> [WorkerOptions; 4] {
        let options = WorkerOptions::default;
        [
            WorkerOptions { lease: MIN_LEASE - SHORTER, ..options() },
            WorkerOptions { lease: Duration::ZERO, ..options() },
            WorkerOptions { poll_interval: MIN_POLL_INTERVAL - SHORTER, ..options() },
            WorkerOptions { poll_interval: Duration::ZERO, ..options() },
        ]
    }

    async fn started(stores: &StoreFactory, config: ServerConfig) -> Result<(), Error> {
        let listener = bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        Server::new(stores.clone()).config(config).start(listener).await.map(drop)
    }

    #[tokio::test]
    async fn refuses_a_worker_with_a_lease_or_a_poll_interval_that_is_too_short() {
        let stores = StoreFactory::connect("memory:").unwrap();
        let worker = |options| Worker::new(stores.requests(), Handlers::new(), "w-1", options);

        for options in too_short() {
            let error = worker(options).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration);
            assert!(error.to_string().contains("at least"), "{error}");
        }
        let least =
            WorkerOptions { lease: MIN_LEASE, poll_interval: MIN_POLL_INTERVAL, ..WorkerOptions::default() };
        assert!(worker(least).is_ok());
    }

    #[tokio::test]
    async fn refuses_a_server_with_such_a_setting_before_it_writes_anything() {
        let stores = StoreFactory::connect("memory:").unwrap();
        let config = || config(Ownership::Exclusive);
        let mut refused: Vec<_> =
            too_short().map(|options| ServerConfig { worker: Some(options), ..config() }).into();
        refused.push(ServerConfig { heartbeat_interval: Duration::ZERO, ..config() });
        let ownership = Ownership::Shared { heartbeat: Duration::ZERO };
        refused.push(ServerConfig { ownership, ..config() });

        for config in refused {
            let error = started(&stores, config).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        }
        assert!(stores.db().list_tables().await.unwrap().is_empty());
        started(&stores, config()).await.unwrap();
    }
}
