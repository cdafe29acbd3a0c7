use std::time::Duration;

use clap::Args;
use streamer_store::{QueueStats, RequestQueue, RequestStatus};

use super::super::output::{Output, table};
use crate::error::Result;

/// Count the requests of each status and shard; say how late the work is and how many leases are about to end.
///
/// Reads the whole index of the statuses, page by page.
#[derive(Args, Debug)]
pub(crate) struct Stats {
    /// A lease is about to end so long before it does, such as 10s; one that has ended counts too.
    #[arg(long, value_name = "SPAN", default_value = "10s", value_parser = humantime::parse_duration)]
    ending_within: Duration,
}

/// The statuses in the order in which a request takes them.
const STATUSES: [RequestStatus; 6] = [
    RequestStatus::Pending,
    RequestStatus::Retrying,
    RequestStatus::Processing,
    RequestStatus::Completed,
    RequestStatus::Failed,
    RequestStatus::Cancelled,
];

impl Stats {
    pub(super) async fn run(self, requests: &RequestQueue, output: &Output) -> Result<()> {
        let stats = requests.stats().leases_ending_within(self.ending_within).await?;
        output.value(&stats, |stats| describe(stats, self.ending_within))
    }
}

/// The counts for people: a line a shard, their sum, and what is late.
fn describe(stats: &QueueStats, ending_within: Duration) -> String {
    let row = |name: String, count: &dyn Fn(RequestStatus) -> u64| {
        let [pending, retrying, processing, completed, failed, cancelled] =
            STATUSES.map(|status| count(status).to_string());
        [name, pending, retrying, processing, completed, failed, cancelled]
    };
    let shards = stats.shards.iter().map(|shard| row(shard.shard.to_string(), &|status| shard.count(status)));
    let sum = row("all".to_owned(), &|status| stats.count(status));
    let columns = ["SHARD", "PENDING", "RETRYING", "PROCESSING", "COMPLETED", "FAILED", "CANCELLED"];
    let counts = table(columns, shards.chain([sum]));
    let oldest = stats.oldest_due.map_or_else(|| "none".to_owned(), |instant| instant.to_string());
    let within = humantime::format_duration(ending_within);
    format!("{counts}\n\noldest due     {oldest}\nleases ending  {} (within {within})\n", stats.leases_ending)
}
