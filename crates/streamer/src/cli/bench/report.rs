//! What the load came to.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use super::{
    super::output::table,
    latencies::Percentiles,
    load::{Loaded, Plan},
};

/// What the load came to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    connections: usize,
    submitted: u64,
    completed: u64,
    /// Those that had not ended when the time was up.
    unfinished: u64,
    errors: BTreeMap<String, u64>,
    seconds: f64,
    completed_per_second: f64,
    /// From when it was to be submitted to the acknowledgment, the first progress, the end.
    acknowledgment: Percentiles,
    first_progress: Percentiles,
    end: Percentiles,
}

impl Report {
    pub(super) fn of(plan: &Plan, loaded: Loaded) -> Self {
        let ended = loaded.completed + loaded.errors.values().sum::<u64>();
        let seconds = loaded.took.as_secs_f64();
        Self {
            connections: plan.connections,
            submitted: plan.requests,
            completed: loaded.completed,
            unfinished: plan.requests.saturating_sub(ended),
            errors: loaded.errors,
            seconds,
            completed_per_second: if seconds > 0.0 { loaded.completed as f64 / seconds } else { 0.0 },
            acknowledgment: loaded.acknowledgment.percentiles(),
            first_progress: loaded.first_progress.percentiles(),
            end: loaded.end.percentiles(),
        }
    }

    /// Whether every request completed.
    pub(super) fn has_all(&self) -> bool {
        self.completed == self.submitted
    }

    pub(super) fn to_text(&self) -> String {
        let mut text = format!(
            "{} of {} requests completed over {} connections in {:.1} s: {:.0} a second\n",
            self.completed, self.submitted, self.connections, self.seconds, self.completed_per_second
        );
        // Writing to a `String` cannot fail.
        for (kind, count) in &self.errors {
            let _ = writeln!(text, "{count} ended otherwise: {kind}");
        }
        if self.unfinished > 0 {
            let _ = writeln!(text, "{} had not ended when the time was up", self.unfinished);
        }
        let rows = [
            ("acknowledgment", &self.acknowledgment),
            ("first progress", &self.first_progress),
            ("end", &self.end),
        ];
        let rows = rows.map(|(name, of)| {
            let shown = |milliseconds: f64| format!("{milliseconds:.1}");
            [
                name.to_owned(),
                of.count.to_string(),
                shown(of.p50_ms),
                shown(of.p90_ms),
                shown(of.p99_ms),
                shown(of.max_ms),
            ]
        });
        text.push('\n');
        text.push_str(&table(["ms until", "count", "p50", "p90", "p99", "max"], rows));
        text.push('\n');
        text
    }
}
