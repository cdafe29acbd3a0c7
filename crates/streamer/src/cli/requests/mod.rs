//! `streamer requests`: submits requests, looks into them, and ends them.

mod list;
mod one;
mod submit;

use clap::{Args, Subcommand, builder::NonEmptyStringValueParser};
use streamer_store::{AsyncRequest, ErrorKind as StoreErrorKind, RequestKey};

use super::{
    global::Global,
    output::{Output, printable},
};
use crate::{
    database::{self, Absent},
    error::{Error, ErrorKind, Result},
};

/// Submit, list, show and end requests.
#[derive(Debug, Subcommand)]
pub(super) enum Requests {
    Submit(submit::Submit),
    List(list::List),
    Get(one::Get),
    Cancel(one::Cancel),
    Requeue(one::Requeue),
    Delete(one::Delete),
}

/// Which request.
#[derive(Args, Debug)]
struct Which {
    /// The request's id.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    id: String,
    /// The tenant it is of.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: String,
}

impl Which {
    fn key(&self) -> RequestKey {
        RequestKey::new(self.tenant.as_str(), self.id.as_str())
    }

    /// What the store said of it, in the command line's words.
    fn failed(&self, error: streamer_store::Error) -> Error {
        match error.kind() {
            StoreErrorKind::NotFound => {
                let message = format!(
                    "there is no request `{}` of tenant `{}`",
                    printable(&self.id),
                    printable(&self.tenant)
                );
                Error::new(ErrorKind::NotFound, message)
            }
            _ => error.into(),
        }
    }
}

impl Requests {
    pub(super) async fn run(self, global: &Global, output: &Output) -> Result<()> {
        if let Self::Submit(submit) = &self {
            submit.check()?;
        }
        let db = database::connect(&global.db, Absent::Refuse).await?;
        let requests = global.stores(db).requests();
        match self {
            Self::Submit(submit) => submit.run(&requests, output).await,
            Self::List(list) => list.run(&requests, output).await,
            Self::Get(get) => get.run(&requests, output).await,
            Self::Cancel(cancel) => cancel.run(&requests, output).await,
            Self::Requeue(requeue) => requeue.run(&requests, output).await,
            Self::Delete(delete) => delete.run(&requests, output).await,
        }
    }
}

/// A request for people: one line a fact, without what it works on.
fn describe(request: &AsyncRequest) -> String {
    let mut lines = vec![
        ("request", request.request_id.clone()),
        ("tenant", request.tenant_id.clone()),
        ("user", request.user_id.clone()),
        ("action", request.action.clone()),
        ("status", request.status.to_string()),
        ("priority", request.priority.to_string()),
        ("submitted", request.created_at.to_string()),
        ("tries", format!("{} of {}", request.tries, u64::from(request.max_retries) + 1)),
    ];
    let mut add = |name, value: Option<String>| lines.extend(value.map(|value| (name, value)));
    add("connection", request.connection_id.clone());
    add("due", request.status.is_open().then(|| request.visible_at.to_string()));
    add("worker", request.worker.clone());
    add("lease ends", request.lease_until.map(|instant| instant.to_string()));
    add("progress", request.progress.map(|percentage| format!("{percentage} %")));
    add("doing", request.progress_message.clone());
    add("ended", request.processing_ended.map(|instant| instant.to_string()));
    add("error", request.error.as_ref().map(|failure| format!("{}: {}", failure.code, failure.message)));
    add("expires", request.ttl.map(|instant| instant.to_string()));
    add("payload", Some(request.payload.as_str().to_owned()));
    add("result", request.result.as_ref().map(|result| result.as_str().to_owned()));
    lines.iter().map(|(name, value)| format!("{name:<12}{}\n", printable(value))).collect()
}
