//! This test binary as a process of its own, which plays a role for a test and can be killed.

use std::{
    env,
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use dynamorm_embedded::{Embedded, EndpointOptions};

use crate::support;

const ROLE: &str = "DYNAMORM_TEST_ROLE";
const DATABASE: &str = "DYNAMORM_TEST_DATABASE";

/// What the child says on its own lines, among those of the test harness.
const MARK: &str = "@ ";

/// A child process, killed when it is dropped.
pub(crate) struct Role {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Role {
    pub(crate) fn start(role: &str, database: &Path) -> Self {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["child::plays_a_role", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(ROLE, role)
            .env(DATABASE, database)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Self { child, lines }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The next thing the child says, or `None` when it has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // The harness may have begun the line.
            if let Some((_, said)) = line.split_once(MARK)
                && line.ends_with('\n')
            {
                return Some(said.trim_end().to_owned());
            }
        }
    }

    /// Kills the child as `kill -9` does, and waits for its end.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Role {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
#[ignore = "a part of other tests, in a process of its own"]
async fn plays_a_role() {
    let (Ok(role), Ok(path)) = (env::var(ROLE), env::var(DATABASE)) else { return };
    let engine = Embedded::open(path).unwrap();
    match role.as_str() {
        "hold" => {
            say("ready");
            wait_for_the_parent();
        }
        "serve" => {
            let endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
            say(&endpoint.address().to_string());
            tokio::task::spawn_blocking(wait_for_the_parent).await.unwrap();
        }
        "write" => {
            for item in 0.. {
                let item = format!("{}-{item}", std::process::id());
                support::put(&engine, &item).await.unwrap();
                say(&item);
            }
        }
        role => panic!("no such role: {role}"),
    }
}

fn say(what: &str) {
    println!("\n{MARK}{what}");
}

/// Standard input ends with the parent, should it die before it kills this process.
fn wait_for_the_parent() {
    let _ = std::io::stdin().read(&mut [0]);
}
