//! How the command watches a request, in a process of its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Output, Stdio},
    time::Duration,
};

use serde_json::{Value, json};
use streamer_store::{
    Claimed, DEFAULT_LEASE, Json, Progress, RequestFailure, RequestKey, RequestQueue, StoreFactory,
    Submission,
};
use support::{
    database::Database,
    process::{Server, run, streamer},
};

/// A server that holds a database, and a worker of it in this process.
struct Stage {
    database: Database,
    _server: Server,
    requests: RequestQueue,
}

impl Stage {
    fn new() -> Self {
        let database = Database::new();
        let server = database.serve();
        let requests = StoreFactory::connect(&database.db()).unwrap().requests();
        Self { database, _server: server, requests }
    }

    async fn claimed(&self, id: &str) -> Claimed {
        self.requests.enqueue(Submission::new("acme", "ann", "count").id(id)).await.unwrap();
        self.requests.claim(&key(id), "w-1", DEFAULT_LEASE).await.unwrap()
    }

    async fn complete(&self, claimed: &Claimed) {
        self.requests.complete(&claimed.lease, Json::parse(r#"{"sum":6}"#).unwrap()).await.unwrap();
    }

    fn command(&self, id: &str, arguments: &[&str]) -> Command {
        let mut command = streamer();
        command.args(["requests", "watch", id, "--tenant", "acme", "--interval", "100ms"]);
        command.args(arguments).args(["--db", &self.database.db()]);
        command
    }

    fn watch(&self, id: &str, arguments: &[&str]) -> Watching {
        let mut command = self.command(id, arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        Watching { child, lines }
    }
}

/// A command that watches; its lines as they come.
struct Watching {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Watching {
    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line
    }

    fn interrupt(&self) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", "INT", &pid]).status().unwrap().success());
    }

    fn finish(self) -> Output {
        self.child.wait_with_output().unwrap()
    }
}

fn key(id: &str) -> RequestKey {
    RequestKey::new("acme", id)
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[tokio::test]
async fn prints_a_line_for_each_change_and_ends_with_the_request() {
    let stage = Stage::new();
    let claimed = stage.claimed("r-1").await;
    let mut watching = stage.watch("r-1", &[]);

    assert_eq!(watching.line(), "PROCESSING    0 %\n");
    let progress =
        Progress { percentage: 40, message: Some("half\u{1b}[2J".to_owned()), ..Progress::default() };
    stage.requests.update_progress(&claimed.lease, progress).await.unwrap();
    assert_eq!(watching.line(), "PROCESSING   40 %  half\\u{1b}[2J\n");
    // A heartbeat is no change that is seen.
    stage.requests.heartbeat(&claimed.lease, DEFAULT_LEASE).await.unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    stage.complete(&claimed).await;

    assert_eq!(watching.line(), "COMPLETED   100 %  half\\u{1b}[2J\n");
    assert_eq!(watching.line(), "");
    assert_eq!(watching.finish().status.code(), Some(0));
}

#[tokio::test]
async fn prints_json_lines() {
    let stage = Stage::new();
    let claimed = stage.claimed("r-1").await;
    let mut watching = stage.watch("r-1", &["--json"]);
    let mut line = || serde_json::from_str::<Value>(&watching.line()).unwrap();

    assert_eq!(
        line(),
        json!({ "requestId": "r-1", "tenantId": "acme", "status": "PROCESSING", "attempt": 1 })
    );
    stage.complete(&claimed).await;
    let end = line();

    assert_eq!((&end["status"], &end["progress"]), (&json!("COMPLETED"), &json!(100)));
    assert_eq!(end["result"], json!({ "sum": 6 }));
    assert_eq!(watching.finish().status.code(), Some(0));
}

#[tokio::test]
async fn ends_with_7_when_the_request_failed_or_was_cancelled() {
    let stage = Stage::new();
    let failed = stage.claimed("failed").await;
    stage.requests.fail(&failed.lease, RequestFailure::new("NO_LUCK", "none at all")).await.unwrap();
    stage.claimed("cancelled").await;
    stage.requests.cancel(&key("cancelled")).await.unwrap();

    let failed = run(&mut stage.command("failed", &[]));
    let cancelled = run(&mut stage.command("cancelled", &["--json"]));

    assert_eq!((failed.status.code(), cancelled.status.code()), (Some(7), Some(7)));
    assert_eq!(String::from_utf8_lossy(&failed.stdout), "FAILED        0 %  NO_LUCK: none at all\n");
    assert_eq!(stderr(&failed), "error: request `failed` of tenant `acme` is FAILED\n");
    let error: Value = serde_json::from_str(&stderr(&cancelled)).unwrap();
    assert_eq!((&error["error"]["kind"], &error["error"]["exitCode"]), (&json!("unsuccessful"), &json!(7)));
}

#[tokio::test]
async fn ends_with_8_when_the_time_is_up() {
    let stage = Stage::new();
    stage.claimed("r-1").await;

    let watched = run(&mut stage.command("r-1", &["--timeout", "300ms"]));

    assert_eq!(watched.status.code(), Some(8));
    assert_eq!(stderr(&watched), "error: request `r-1` of tenant `acme` has not ended in time\n");
}

#[tokio::test]
async fn ends_with_3_when_the_request_is_not_there_or_not_any_more() {
    let stage = Stage::new();
    let absent = run(&mut stage.command("absent", &[]));
    let claimed = stage.claimed("r-1").await;
    let mut watching = stage.watch("r-1", &[]);
    watching.line();

    // Gone between two looks, which no operation of the queue does to a request that is open.
    let db = StoreFactory::connect(&stage.database.db()).unwrap();
    db.db().delete(streamer_store::AsyncRequest::key("acme", "r-1")).await.unwrap();

    let gone = watching.finish();
    assert_eq!((absent.status.code(), gone.status.code()), (Some(3), Some(3)));
    assert_eq!(stderr(&absent), "error: there is no request `absent` of tenant `acme`\n");
    assert_eq!(stderr(&gone), "error: there is no request `r-1` of tenant `acme`\n");
    drop(claimed);
}

#[cfg(unix)]
#[tokio::test]
async fn ends_with_130_at_an_interrupt_and_leaves_the_request_alone() {
    let stage = Stage::new();
    let claimed = stage.claimed("r-1").await;
    let mut watching = stage.watch("r-1", &[]);
    watching.line();

    watching.interrupt();

    let ended = watching.finish();
    assert_eq!(ended.status.code(), Some(130));
    assert_eq!(stderr(&ended), "error: stopped watching request `r-1` of tenant `acme`; it goes on\n");
    stage.complete(&claimed).await;
}

/// Without a server, whoever has the file open keeps all others out.
#[tokio::test]
async fn lets_go_of_the_file_between_two_looks() {
    let database = Database::new();
    let open = || async {
        let stores = StoreFactory::connect(&database.db()).unwrap();
        stores.ensure_tables().await.unwrap();
        stores.requests()
    };
    open().await.enqueue(Submission::new("acme", "ann", "count").id("r-1")).await.unwrap();
    let mut command = streamer();
    command.args(["requests", "watch", "r-1", "--tenant", "acme", "--db", &database.db()]);
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut child = child;
    let mut watching = Watching { lines: BufReader::new(child.stdout.take().unwrap()), child };
    watching.line();

    let requests = open().await;
    let claimed = requests.claim(&key("r-1"), "w-1", DEFAULT_LEASE).await.unwrap();
    requests.complete(&claimed.lease, Json::parse("{}").unwrap()).await.unwrap();
    drop(requests);

    assert_eq!(watching.finish().status.code(), Some(0));
}

#[test]
fn refuses_to_look_too_often() {
    let refused =
        run(streamer().args(["requests", "watch", "r-1", "--tenant", "acme", "--interval", "10ms"]));

    assert_eq!(refused.status.code(), Some(2));
    assert!(stderr(&refused).contains("it is 100ms or more"), "{}", stderr(&refused));
}
