//! `streamer connections`: looks into the connections, and removes them.

use std::{fmt::Write as _, time::Duration};

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use serde::Serialize;
use streamer_store::{
    Connection, ConnectionStore, ErrorKind as StoreErrorKind, PING_WRITE_INTERVAL, RemovalFailure,
    StoreFactory, Timestamp,
};

use super::{
    confirmation::confirm,
    global::Global,
    output::{Output, printable},
};
use crate::{
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// The shortest age at which a connection can be told from a living one: signs of life are written this rarely.
const MIN_AGE: Duration = PING_WRITE_INTERVAL.saturating_mul(2);

/// How many connections are read at once.
const PAGE_SIZE: u32 = 1000;

/// List, show and remove connections.
#[derive(Debug, Subcommand)]
pub(super) enum Connections {
    List(List),
    Get(Get),
    Delete(Delete),
    Stale(Stale),
}

/// List the connections of a user or a tenant, newest first.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer connections list --user u-1
  streamer connections list --tenant t-1 --limit 1000 --json")]
pub(super) struct List {
    #[command(flatten)]
    whose: Whose,
    /// How many to list at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The user whose connections to list.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: Option<String>,
    /// The tenant whose connections to list.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: Option<String>,
}

/// Show one connection; exit code 3 when it is not there.
#[derive(Args, Debug)]
pub(super) struct Get {
    /// The connection's id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,
}

/// Delete one connection and show what was deleted; exit code 3 when it is not there.
///
/// The server that holds the connection closes it when it next renews it: within a minute and one heartbeat
/// interval.
#[derive(Args, Debug)]
pub(super) struct Delete {
    /// The connection's id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,
    /// Cancel its open requests too: they go on otherwise.
    #[arg(long)]
    cancel_requests: bool,
}

/// Remove every connection that gave no sign of life for AGE.
///
/// A sign of life is written at most once a minute, so AGE has to exceed two of the server's heartbeat intervals by
/// two minutes: with less, living connections go too. Reads the whole table. A connection that gives a sign of life meanwhile stays. Says how many went; exit
/// code 1 when some could not be removed.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer connections stale --before 10m
  streamer connections stale --before 1d --yes --json")]
pub(super) struct Stale {
    /// How long ago the last sign of life has to be: 2m or more, such as 10m, 2h or 1d.
    #[arg(long, value_name = "AGE", value_parser = age)]
    before: Duration,
    /// Do not ask; needed where nobody can be asked.
    #[arg(long, short)]
    yes: bool,
}

impl Connections {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        if let Self::Stale(stale) = &self {
            stale.confirm()?;
        }
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let stores = global.stores(db);
        let connections = stores.connections();
        match self {
            Self::List(list) => list.run(&connections, output).await,
            Self::Get(get) => get.run(&connections, output).await,
            Self::Delete(delete) => delete.run(global.of_queue(stores).await?, output).await,
            Self::Stale(stale) => stale.run(&connections, output).await,
        }
    }
}

impl List {
    async fn run(self, connections: &ConnectionStore, output: &Output) -> Result<()> {
        let list = match (&self.whose.user, &self.whose.tenant) {
            (Some(user), _) => connections.list_by_user(user),
            (None, Some(tenant)) => connections.list_by_tenant(tenant),
            (None, None) => unreachable!("clap requires one of the two"),
        };
        let listed = list.page_size(self.limit.min(PAGE_SIZE)).take(self.limit as usize).await?;
        let columns = ["CONNECTION", "USER", "TENANT", "CONNECTED", "LAST PING", "ENDPOINT"];
        output.list(&listed, columns, |connection| {
            [
                connection.connection_id.clone(),
                connection.user_id.clone(),
                connection.tenant_id.clone(),
                to_the_second(connection.connected_at),
                to_the_second(connection.last_ping),
                connection.endpoint.clone(),
            ]
        })
    }
}

impl Get {
    async fn run(self, connections: &ConnectionStore, output: &Output) -> Result<()> {
        match connections.get_consistent(&self.id).await {
            Ok(connection) => output.value(&connection, describe),
            Err(error) if *error.kind() == StoreErrorKind::NotFound => Err(absent(&self.id)),
            Err(error) => Err(error.into()),
        }
    }
}

impl Delete {
    async fn run(self, stores: StoreFactory, output: &Output) -> Result<()> {
        let disconnected = stores.connections().disconnect(&self.id).await?;
        // Also where the connection is gone: a call that was broken off is made again.
        if self.cancel_requests {
            stores.with_stored_shards().await?.requests().cancel_by_connection(&self.id).await?;
        }
        match disconnected.connection {
            Some(connection) => output.value(&connection, |connection| {
                format!("Deleted this connection:\n{}", describe(connection))
            }),
            None => Err(absent(&self.id)),
        }
    }
}

impl Stale {
    fn confirm(&self) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        let age = humantime::format_duration(self.before);
        let question = format!("Remove every connection without a sign of life for {age}?");
        confirm("this removes connections", &question)
    }

    async fn run(self, connections: &ConnectionStore, output: &Output) -> Result<()> {
        let before = connections.now().checked_sub(self.before);
        let before = before.ok_or_else(|| Error::configuration("`--before` goes back before the year 1"))?;
        let removal = connections.delete_stale(before).await?;
        let report = Report {
            removed: removal.removed,
            kept: removal.kept,
            failed: removal.failed.iter().map(Failed::from).collect(),
        };
        output.value(&report, Report::describe)?;
        match report.failed.len() {
            0 => Ok(()),
            failed => {
                Err(Error::new(ErrorKind::Failed, format!("{failed} connections could not be removed")))
            }
        }
    }
}

/// What `stale` did.
#[derive(Serialize)]
struct Report {
    removed: u64,
    /// Those that gave a sign of life meanwhile.
    kept: u64,
    failed: Vec<Failed>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failed {
    connection_id: String,
    error: String,
}

impl From<&RemovalFailure> for Failed {
    fn from(failure: &RemovalFailure) -> Self {
        Self { connection_id: failure.connection_id.clone(), error: failure.error.to_string() }
    }
}

impl Report {
    fn describe(&self) -> String {
        let mut text = format!("removed {}, kept {} that gave a sign of life\n", self.removed, self.kept);
        for failed in &self.failed {
            // Writing to a `String` cannot fail.
            let _ = writeln!(text, "failed: {}: {}", printable(&failed.connection_id), failed.error);
        }
        text
    }
}

fn describe(connection: &Connection) -> String {
    let mut lines = vec![
        ("connection", connection.connection_id.clone()),
        ("user", connection.user_id.clone()),
        ("tenant", connection.tenant_id.clone()),
        ("endpoint", connection.endpoint.clone()),
        ("connected", connection.connected_at.to_string()),
        ("last ping", connection.last_ping.to_string()),
    ];
    lines.extend(connection.server_id.clone().map(|server| ("server", server)));
    lines.extend(connection.token_expires_at.map(|instant| ("token ends", instant.to_string())));
    lines.extend(connection.ttl.map(|instant| ("expires", instant.to_string())));
    lines.iter().map(|(name, value)| format!("{name:<12}{}\n", printable(value))).collect()
}

/// An instant without its fraction of a second.
fn to_the_second(instant: Timestamp) -> String {
    let text = instant.to_string();
    match text.split_once('.') {
        Some((seconds, _)) => format!("{seconds}Z"),
        None => text,
    }
}

fn absent(id: &str) -> Error {
    Error::new(ErrorKind::NotFound, format!("there is no connection `{}`", printable(id)))
}

fn age(text: &str) -> Result<Duration, String> {
    let age = humantime::parse_duration(text).map_err(|error| format!("{error}; write 10m, 2h or 1d"))?;
    if age < MIN_AGE {
        return Err(format!(
            "signs of life are written at most once a minute; the least is {}",
            humantime::format_duration(MIN_AGE)
        ));
    }
    Ok(age)
}
