use streamer_store::AsyncRequest;

use super::super::output::printable;

/// A request for people: one line a fact, without what it works on.
pub(super) fn describe(request: &AsyncRequest) -> String {
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
