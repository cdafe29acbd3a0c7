//! `streamer subscriptions`: who hears of which request.

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use streamer_store::{ErrorKind as StoreErrorKind, EventType, RequestKey, Subscription, SubscriptionStore};

use super::{
    global::Global,
    output::{Output, printable},
};
use crate::{
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// List, add and remove subscriptions.
#[derive(Debug, Subcommand)]
pub(super) enum Subscriptions {
    List(List),
    Add(Add),
    Remove(Remove),
}

/// List what a connection hears of, or who hears of a request.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer subscriptions list --connection c-1
  streamer subscriptions list --request r-1 --tenant acme --json")]
pub(super) struct List {
    /// The connection that hears.
    #[arg(long, value_name = "CONNECTION", required_unless_present = "request", conflicts_with = "request",
          value_parser = NonEmptyStringValueParser::new())]
    connection: Option<String>,
    /// The request that is heard of.
    #[arg(long, value_name = "REQUEST", requires = "tenant", value_parser = NonEmptyStringValueParser::new())]
    request: Option<String>,
    /// The tenant of the request.
    #[arg(long, value_name = "TENANT", requires = "request", value_parser = NonEmptyStringValueParser::new())]
    tenant: Option<String>,
    /// How many to list at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Have a connection hear of a request, if both are there and of the tenant; exit code 3 when one is not.
#[derive(Args, Debug)]
pub(super) struct Add {
    #[command(flatten)]
    pair: Pair,
    /// The tenant of both.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: String,
    /// The user of the connection.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: String,
    /// What it hears: progress, completed, failed, or * for all; may be given several times.
    #[arg(long = "event", value_name = "EVENT", default_value = "*", value_parser = event_type)]
    events: Vec<EventType>,
}

/// Have a connection no longer hear of a request; exit code 3 when it did not before.
#[derive(Args, Debug)]
pub(super) struct Remove {
    #[command(flatten)]
    pair: Pair,
}

#[derive(Args, Debug)]
struct Pair {
    /// The connection that hears.
    #[arg(long, value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    connection: String,
    /// The request that is heard of.
    #[arg(long, value_name = "REQUEST", value_parser = NonEmptyStringValueParser::new())]
    request: String,
}

impl Subscriptions {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let subscriptions = global.stores(db).subscriptions();
        match self {
            Self::List(list) => list.run(&subscriptions, output).await,
            Self::Add(add) => add.run(&subscriptions, output).await,
            Self::Remove(remove) => remove.run(&subscriptions, output).await,
        }
    }
}

impl List {
    async fn run(self, subscriptions: &SubscriptionStore, output: &Output) -> Result<()> {
        let list = match (self.connection, self.request, self.tenant) {
            (Some(connection), ..) => subscriptions.by_connection(connection),
            (None, Some(request), Some(tenant)) => subscriptions.by_request(RequestKey::new(tenant, request)),
            _ => unreachable!("clap requires a connection, or a request and its tenant"),
        };
        let listed = list.take(self.limit as usize).await?;
        let columns = ["CONNECTION", "REQUEST", "TENANT", "USER", "EVENTS", "SINCE"];
        output.list(&listed, columns, |subscription| {
            [
                subscription.connection_id.clone(),
                subscription.request_id.clone(),
                subscription.tenant_id.clone(),
                subscription.user_id.clone(),
                events(subscription),
                subscription.created_at.to_string(),
            ]
        })
    }
}

impl Add {
    async fn run(self, subscriptions: &SubscriptionStore, output: &Output) -> Result<()> {
        let request = RequestKey::new(self.tenant, self.pair.request);
        let subscription =
            Subscription::new(self.pair.connection, &request, self.user, self.events, subscriptions.now());
        match subscriptions.subscribe_checked(&subscription).await {
            Ok(()) => output.value(&subscription, |subscription| {
                format!(
                    "connection {} hears of request {}: {}\n",
                    printable(&subscription.connection_id),
                    printable(&subscription.request_id),
                    events(subscription)
                )
            }),
            Err(error) if *error.kind() == StoreErrorKind::NotFound => {
                Err(Error::new(ErrorKind::NotFound, error.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }
}

impl Remove {
    async fn run(self, subscriptions: &SubscriptionStore, output: &Output) -> Result<()> {
        let Pair { connection, request } = self.pair;
        if subscriptions.unsubscribe(&connection, &request).await? {
            let removed = serde_json::json!({ "connectionId": connection, "requestId": request });
            return output.value(&removed, |_| {
                format!(
                    "connection {} no longer hears of request {}\n",
                    printable(&connection),
                    printable(&request)
                )
            });
        }
        let (connection, request) = (printable(&connection), printable(&request));
        let message = format!("connection `{connection}` does not hear of request `{request}`");
        Err(Error::new(ErrorKind::NotFound, message))
    }
}

fn events(subscription: &Subscription) -> String {
    subscription.event_types.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn event_type(text: &str) -> Result<EventType, String> {
    EventType::named(text).ok_or_else(|| "it is progress, completed, failed or *".to_owned())
}
