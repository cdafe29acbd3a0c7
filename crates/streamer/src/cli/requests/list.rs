use clap::{Args, builder::NonEmptyStringValueParser};
use streamer_store::{AsyncRequest, RequestQueue, RequestStatus};

use super::super::output::Output;
use crate::error::Result;

/// How many requests are read at once.
const PAGE_SIZE: u32 = 1000;

/// List the requests of a connection, a user or a tenant, newest first, or those of a status, oldest first.
///
/// Of a status that is open, first comes what was due first; of one that is an end, what ended first.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer requests list --user ann
  streamer requests list --tenant acme --limit 1000 --json
  streamer requests list --status failed")]
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
    /// The status whose requests to list: pending, retrying, processing, completed, failed or cancelled.
    #[arg(long, value_name = "STATUS", value_parser = status)]
    status: Option<RequestStatus>,
}

impl List {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        let (page_size, limit) = (self.limit.min(PAGE_SIZE), self.limit as usize);
        let newest_first = match self.whose {
            Whose { status: Some(status), .. } => {
                let listed = requests.by_status(status).page_size(page_size).take(limit).await?;
                return print(&listed, output);
            }
            Whose { connection: Some(connection), .. } => requests.by_connection(connection),
            Whose { user: Some(user), .. } => requests.by_user(user),
            Whose { tenant: Some(tenant), .. } => requests.by_tenant(tenant),
            _ => unreachable!("clap requires one of the four"),
        };
        print(&newest_first.page_size(page_size).take(limit).await?, output)
    }
}

fn print(listed: &[AsyncRequest], output: &Output) -> Result<()> {
    let columns = ["REQUEST", "TENANT", "USER", "ACTION", "STATUS", "PROGRESS", "SUBMITTED"];
    output.list(listed, columns, |request| {
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

fn status(text: &str) -> Result<RequestStatus, String> {
    RequestStatus::named(&text.to_ascii_uppercase())
        .ok_or_else(|| "it is pending, retrying, processing, completed, failed or cancelled".to_owned())
}
