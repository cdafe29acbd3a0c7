use clap::{Args, builder::NonEmptyStringValueParser};
use streamer_store::{Priority, RequestQueue, Submission, Timestamp};

use super::{
    super::{output::Output, payload::read_payload},
    describe::describe,
};
use crate::error::Result;

/// Submit a request, and show it; exit code 1 when the id stands for another one.
///
/// The same id, action and payload give the request that is stored, whatever became of it.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  streamer requests submit count --payload '{\"to\":3}' --tenant acme --user ann
  streamer requests submit generate_report --payload @report.json --tenant acme --user ann --id r-1 --priority high
  streamer requests submit echo --tenant acme --user ann --after 2026-12-01T00:00:00Z --json")]
pub(crate) struct Submit {
    /// What is to be done.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    action: String,
    /// What it is to be done with: a JSON object, or @ and the file that holds one.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    payload: String,
    /// The tenant that it is of.
    #[arg(long, value_name = "TENANT", value_parser = NonEmptyStringValueParser::new())]
    tenant: String,
    /// The user who submits it.
    #[arg(long, value_name = "USER", value_parser = NonEmptyStringValueParser::new())]
    user: String,
    /// Its id, at most 128 characters; a random one unless given.
    #[arg(long, value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    id: Option<String>,
    /// How soon it is due before others: high, normal or low.
    #[arg(long, value_name = "PRIORITY", default_value = "normal", value_parser = priority)]
    priority: Priority,
    /// The instant before which it is not to run, such as 2026-12-01T00:00:00Z.
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    after: Option<Timestamp>,
    /// How often it is tried beyond the first time.
    #[arg(long, value_name = "N", default_value_t = streamer_store::DEFAULT_MAX_RETRIES)]
    retries: u32,
}

impl Submit {
    /// Refuses a payload that is none, before the database is opened.
    pub(super) fn check(&self) -> Result<()> {
        read_payload(&self.payload).map(drop)
    }

    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        let payload = read_payload(&self.payload)?;
        let mut submission = Submission::new(self.tenant, self.user, self.action)
            .payload(payload)
            .priority(self.priority)
            .max_retries(self.retries);
        if let Some(id) = self.id {
            submission = submission.id(id);
        }
        if let Some(after) = self.after {
            submission = submission.process_after(after);
        }
        let enqueued = requests.enqueue(submission).await?;
        output.value(&enqueued.request, |request| {
            let heading = if enqueued.is_replay { "It was submitted before:\n" } else { "" };
            format!("{heading}{}", describe(request))
        })
    }
}

fn priority(text: &str) -> Result<Priority, String> {
    Priority::named(text).ok_or_else(|| "it is high, normal or low".to_owned())
}

fn instant(text: &str) -> Result<Timestamp, String> {
    text.parse().map_err(|_| "write an instant such as 2026-12-01T00:00:00Z".to_owned())
}
