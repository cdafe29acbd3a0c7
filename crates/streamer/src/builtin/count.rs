//! `count`: counts, with progress, and fails where it is told to.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::time::{Instant, sleep_until};

use crate::{
    handler::{Context, DEFAULT_TIME_LIMIT, Handler, HandlerError},
    protocol::Failure,
};

/// How far it counts at most.
const MAX_TO: u32 = 1_000_000;

/// How long one step takes at most, in milliseconds.
const MAX_DELAY: u64 = 60_000;

/// How long all steps take at most: the time limit, less a minute for a machine that has much to do.
const MAX_WHOLE: Duration = DEFAULT_TIME_LIMIT.saturating_sub(Duration::from_secs(60));

/// So many steps without a pause let others run once.
const STEPS_AT_ONCE: u32 = 128;

/// Counts from 1 to `to`, a pause before each number, and says each as its progress: `3 of 10`.
///
/// It keeps no checkpoint: each attempt counts anew.
#[derive(Clone, Copy, Debug)]
pub struct Count;

/// How to count.
#[derive(Clone, Debug, Deserialize)]
pub struct CountPayload {
    /// The last number: 1 to 1,000,000.
    to: u32,
    /// The pause before each number, in milliseconds: up to 60,000, and all of them together up to 14 minutes.
    #[serde(default)]
    delay_ms: u64,
    /// The number that every attempt fails at instead of saying it.
    #[serde(default)]
    fail_at: Option<u32>,
}

/// The last number that was said.
#[derive(Clone, Debug, Serialize)]
pub struct Counted {
    counted: u32,
}

impl Handler for Count {
    type Payload = CountPayload;
    type Output = Counted;

    fn action(&self) -> &str {
        "count"
    }

    fn validate(&self, payload: &CountPayload) -> Result<(), Failure> {
        if !(1..=MAX_TO).contains(&payload.to) {
            return Err(Failure::invalid("to", format!("`payload.to` is 1 to {MAX_TO}")));
        }
        if payload.delay_ms > MAX_DELAY {
            let message = format!("`payload.delay_ms` is {MAX_DELAY} at most");
            return Err(Failure::invalid("delay_ms", message));
        }
        let whole = Duration::from_millis(payload.delay_ms).saturating_mul(payload.to);
        if whole > MAX_WHOLE {
            let message = format!(
                "`payload.to` times `payload.delay_ms` is {} ms; the limit is {}",
                whole.as_millis(),
                MAX_WHOLE.as_millis()
            );
            return Err(Failure::invalid("delay_ms", message));
        }
        if payload.fail_at.is_some_and(|number| !(1..=payload.to).contains(&number)) {
            return Err(Failure::invalid("fail_at", "`payload.fail_at` is 1 to `payload.to`"));
        }
        Ok(())
    }

    async fn handle(&self, payload: CountPayload, context: &Context) -> Result<Counted, HandlerError> {
        let (to, start) = (payload.to, Instant::now());
        for number in 1..=to {
            pause(start, payload.delay_ms, number, context).await?;
            if payload.fail_at == Some(number) {
                return Err(HandlerError::retry(format!("failed at {number}, as was asked for")));
            }
            context.progress_with_message(percentage(number, to), format!("{number} of {to}"));
        }
        Ok(Counted { counted: to })
    }
}

/// Waits until a number is due. By its distance from the start: pauses one after the other would add up what each is
/// late by.
async fn pause(start: Instant, delay: u64, number: u32, context: &Context) -> Result<(), HandlerError> {
    if delay > 0 {
        let due = start + Duration::from_millis(delay).saturating_mul(number);
        tokio::select! {
            () = sleep_until(due) => {}
            () = context.cancelled() => {}
        }
    } else if number.is_multiple_of(STEPS_AT_ONCE) {
        tokio::task::yield_now().await;
    }
    if context.is_cancelled() { Err(HandlerError::retry("the count was given up")) } else { Ok(()) }
}

fn percentage(number: u32, to: u32) -> u8 {
    // `to` is not 0: there is a number up to it.
    u8::try_from(u64::from(number) * 100 / u64::from(to.max(1))).unwrap_or(100)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{builtin::attempt::Attempt, handler::ErasedHandler};

    fn refused(payload: &Value) -> Option<String> {
        let failure = ErasedHandler::validate(&Count, &payload.to_string()).err()?;
        Some(failure.details.unwrap().to_value()["field"].as_str().unwrap().to_owned())
    }

    async fn count(payload: Value, attempt: &Attempt) -> Result<Value, HandlerError> {
        let result = ErasedHandler::handle(&Count, &payload.to_string(), &attempt.context).await?;
        Ok(result.to_value())
    }

    #[tokio::test]
    async fn ends_at_the_last_number() {
        let attempt = Attempt::first().await;

        let result = count(json!({ "to": 10, "delay_ms": 1 }), &attempt).await;

        assert_eq!(result, Ok(json!({ "counted": 10 })));
    }

    #[tokio::test]
    async fn says_each_number_as_progress() {
        let mut attempt = Attempt::first().await;
        let mut reported = attempt.reported.clone();
        let watch = tokio::spawn(async move {
            let mut seen = Vec::new();
            while reported.changed().await.is_ok() {
                let progress = reported.borrow_and_update().clone().unwrap();
                seen.push((progress.percentage, progress.message.unwrap()));
            }
            seen
        });

        count(json!({ "to": 3, "delay_ms": 50 }), &attempt).await.unwrap();
        attempt.reported.mark_unchanged();
        drop(attempt);

        let expected = [(33, "1 of 3"), (66, "2 of 3"), (100, "3 of 3")].map(|(p, m)| (p, m.to_owned()));
        assert_eq!(watch.await.unwrap(), expected);
    }

    #[tokio::test]
    async fn fails_at_the_number_in_every_attempt_so_that_it_is_tried_again() {
        let mut attempt = Attempt::first().await;

        for _ in 0..2 {
            let error = count(json!({ "to": 5, "delay_ms": 0, "fail_at": 3 }), &attempt).await.unwrap_err();
            let said = attempt.reported.borrow().clone().unwrap().message;

            assert!(error.is_retryable());
            assert_eq!(error.to_string(), "failed at 3, as was asked for");
            assert_eq!(said.as_deref(), Some("2 of 5"));
            attempt = attempt.next("{}").await;
        }
    }

    #[tokio::test]
    async fn does_not_add_up_what_its_pauses_are_late_by() {
        let attempt = Attempt::first().await;
        let start = Instant::now();

        count(json!({ "to": 400, "delay_ms": 1 }), &attempt).await.unwrap();

        // Pauses one after the other last two milliseconds each, since the timer rounds up.
        assert!(start.elapsed() >= Duration::from_millis(400));
        assert!(start.elapsed() < Duration::from_millis(700), "{:?}", start.elapsed());
    }

    #[tokio::test]
    async fn stops_when_it_is_cancelled() {
        for delay in [0, 60_000] {
            let attempt = Attempt::first().await;
            let cancellation = attempt.cancellation.clone();
            tokio::spawn(async move { cancellation.cancel() });

            let to = if delay == 0 { MAX_TO } else { 10 };
            let counted = count(json!({ "to": to, "delay_ms": delay }), &attempt);
            let error = tokio::time::timeout(Duration::from_secs(20), counted).await.unwrap().unwrap_err();

            assert_eq!(error.to_string(), "the count was given up");
        }
    }

    #[test]
    fn is_refused_where_it_has_no_end_in_time() {
        let accepted = [
            json!({ "to": 1 }),
            json!({ "to": 1_000_000, "delay_ms": 0, "fail_at": null }),
            json!({ "to": 14, "delay_ms": 60_000, "fail_at": 14, "note": "ignored" }),
        ];
        for payload in accepted {
            assert_eq!(refused(&payload), None, "{payload}");
        }
        let refusals = [
            (json!({ "to": 0 }), "to"),
            (json!({ "to": 1_000_001 }), "to"),
            (json!({ "to": 1, "delay_ms": 60_001 }), "delay_ms"),
            (json!({ "to": 15, "delay_ms": 60_000 }), "delay_ms"),
            (json!({ "to": 1_000_000, "delay_ms": 60_000 }), "delay_ms"),
            (json!({ "to": 5, "fail_at": 0 }), "fail_at"),
            (json!({ "to": 5, "fail_at": 6 }), "fail_at"),
            (json!({}), "payload"),
            (json!({ "to": -1 }), "payload"),
            (json!({ "to": 1.5 }), "payload"),
            (json!({ "to": "1" }), "payload"),
            (json!({ "to": 1, "delay_ms": u64::MAX }), "delay_ms"),
        ];
        for (payload, field) in refusals {
            assert_eq!(refused(&payload).as_deref(), Some(field), "{payload}");
        }
    }
}
