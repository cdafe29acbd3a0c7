use clap::{Args, builder::NonEmptyStringValueParser};
use streamer_store::RequestQueue;

use super::super::output::Output;
use crate::error::Result;

/// How many requests are read at once.
const PAGE_SIZE: u32 = 1000;

/// List the requests of a connection, a user or a tenant, newest first.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer requests list --user ann
  streamer requests list --tenant acme --limit 1000 --json")]
pub(crate) struct List {
    #[command(flatten)]
    whose: Whose,
    /// How many to list at most.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
struct Whose {
    /// The connection whose requests to list.
    #[arg(long, value_name = "CONNECTION", value_parser = NonEmptyStringValueParser::new())]
    connection: Option<String>,
    /// The user whose requests to list.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: Option<String>,
    /// The tenant whose requests to list.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: Option<String>,
}

impl List {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        let list = match (&self.whose.connection, &self.whose.user, &self.whose.tenant) {
            (Some(connection), ..) => requests.by_connection(connection),
            (None, Some(user), _) => requests.by_user(user),
            (None, None, Some(tenant)) => requests.by_tenant(tenant),
            (None, None, None) => unreachable!("clap requires one of the three"),
        };
        let listed = list.page_size(self.limit.min(PAGE_SIZE)).take(self.limit as usize).await?;
        let columns = ["REQUEST", "TENANT", "USER", "ACTION", "STATUS", "PROGRESS", "SUBMITTED"];
        output.list(&listed, columns, |request| {
            [
                request.request_id.clone(),
                request.tenant_id.clone(),
                request.user_id.clone(),
                request.action.clone(),
                request.status.to_string(),
                request.progress.map(|percentage| format!("{percentage} %")).unwrap_or_default(),
                request.created_at.to_string(),
            ]
        })
    }
}
