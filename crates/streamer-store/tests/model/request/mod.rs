mod command;
mod dequeue;
mod held;
mod list;
mod reference;

use dynamorm::testing::TestClock;
use proptest::{prop_assert, prop_assert_eq, strategy::BoxedStrategy};
use streamer_store::{
    AsyncRequest, Claimed, ErrorKind, Json, RequestKey, RequestQueue, RequestStatus, StoreFactory, Submission,
};

use crate::{
    tenant::{TENANTS, is_seen_by},
    walk::{Step, Walk, answer},
};
use command::{Command, Wanted, Which};
use reference::{Reference, comparable, pending};

/// The request queue, the reference, and every lease that was ever given.
pub(crate) struct RequestWalk {
    queue: RequestQueue,
    clock: TestClock,
    reference: Reference,
    holds: Vec<Claimed>,
}

impl Walk for RequestWalk {
    type Command = Command;

    fn command() -> BoxedStrategy<Command> {
        command::command()
    }

    fn begin(stores: StoreFactory, clock: TestClock) -> Self {
        let queue = stores.requests();
        let reference = Reference::new(queue.now());
        Self { queue, clock, reference, holds: Vec::new() }
    }

    async fn step(&mut self, command: Command) -> Step {
        match command {
            Command::Wait(time) => {
                self.clock.advance(time);
                self.reference.now = self.queue.now();
                Ok(())
            }
            Command::Enqueue(wanted) => self.enqueue(wanted).await,
            Command::Claim { request, worker, lease } => self.claim(&request.key(), worker, lease).await,
            Command::Dequeue { n, worker, lease, narrowed } => self.dequeue(n, worker, lease, narrowed).await,
            Command::Held { hold, write } => self.write_held(hold, write).await,
            Command::Cancel(which) => {
                let key = which.key();
                let expected = self.reference.cancel(&key);
                self.compare(&key, answer(self.queue.cancel(&key).await), expected).await
            }
            Command::Requeue(which) => {
                let key = which.key();
                let expected = self.reference.requeue(&key);
                self.compare(&key, answer(self.queue.requeue(&key).await), expected).await
            }
            Command::UpdateStatus(which, status) => {
                let key = which.key();
                let expected = self.reference.update_status(&key, status);
                self.compare(&key, answer(self.queue.update_status(&key, status).await), expected).await
            }
            Command::Delete(which) => {
                let key = which.key();
                let expected = self.reference.delete(&key);
                self.compare(&key, answer(self.queue.delete(&key).await), expected).await
            }
            Command::Reap { narrowed } => self.reap(narrowed).await,
            Command::Get(which) => self.compare_stored(&which.key()).await,
            Command::List { by, narrowed, page_size } => self.list(&by, narrowed, page_size).await,
            Command::Trespass(which) => self.trespass(which).await,
        }
    }

    async fn end(&mut self) -> Step {
        for (tenant_id, request_id) in self.reference.keys() {
            self.compare_stored(&RequestKey::new(tenant_id, request_id)).await?;
        }
        Ok(())
    }
}

impl RequestWalk {
    fn narrowed(&self, tenant: Option<usize>) -> RequestQueue {
        tenant.map_or_else(|| self.queue.clone(), |tenant| self.queue.for_tenant(TENANTS[tenant]))
    }

    /// Compares what was answered, then what is stored.
    async fn compare<T: PartialEq + std::fmt::Debug>(
        &self,
        key: &RequestKey,
        answered: Result<T, ErrorKind>,
        expected: Result<T, ErrorKind>,
    ) -> Step {
        prop_assert_eq!(answered, expected, "the answer (left) is not the reference's");
        self.compare_stored(key).await
    }

    async fn compare_stored(&self, key: &RequestKey) -> Step {
        let stored = answer(self.queue.get_consistent(key).await).map(comparable);
        prop_assert_eq!(stored, self.reference.get(key).cloned(), "what is stored (left) differs");
        Ok(())
    }

    async fn enqueue(&mut self, wanted: Wanted) -> Step {
        let (key, payload, now) = (wanted.request.key(), json(wanted.payload), self.reference.now);
        let process_after = wanted.after.map(|pause| now.saturating_add(pause));
        let expected = self.reference.enqueue(AsyncRequest {
            user_id: user_of(&key).to_owned(),
            connection_id: wanted.connection.map(str::to_owned),
            max_retries: wanted.max_retries,
            process_after,
            visible_at: process_after.unwrap_or(now),
            ..pending(&key, &payload, wanted.priority, now)
        });
        let enqueued = answer(self.queue.enqueue(submission(&key, &payload, &wanted, process_after)).await);
        if let Ok(enqueued) = &enqueued {
            let returned = comparable(enqueued.request.clone());
            prop_assert_eq!(Ok(&returned), self.reference.get(&key), "what came back (left) differs");
        }
        self.compare(&key, enqueued.map(|enqueued| enqueued.is_replay), expected).await
    }

    /// What is another tenant's is absent, and stays as it is.
    async fn trespass(&mut self, which: Which) -> Step {
        let (key, queue) = (which.key(), self.queue.for_tenant(which.stranger()));
        let lease = std::time::Duration::from_secs(10);
        let wanted = Wanted {
            request: which,
            payload: "{}",
            priority: streamer_store::Priority::High,
            max_retries: 0,
            after: None,
            connection: None,
        };
        let enqueued = queue.enqueue(submission(&key, &json("{}"), &wanted, None)).await;
        let absent = [
            answer(queue.get(&key).await).map(drop),
            answer(queue.claim(&key, "w-1", lease).await).map(drop),
            answer(queue.cancel(&key).await),
            answer(queue.requeue(&key).await),
            answer(queue.update_status(&key, RequestStatus::Failed).await),
            answer(queue.delete(&key).await),
            answer(queue.by_tenant(key.tenant_id.as_str()).page().await).map(drop),
        ];
        prop_assert_eq!(
            answer(enqueued).map(drop),
            Err(ErrorKind::Validation { field: "tenant_id" }),
            "a request of another tenant is enqueued"
        );
        prop_assert!(absent.iter().all(|answer| *answer == Err(ErrorKind::NotFound)), "{absent:?}");
        self.compare_stored(&key).await
    }

    async fn reap(&mut self, narrowed: Option<usize>) -> Step {
        let due = self.reference.due(true);
        let keys: Vec<RequestKey> = due
            .into_iter()
            .filter(|request| is_seen_by(narrowed, &request.tenant_id))
            .map(AsyncRequest::request_key)
            .collect();
        let reaped = answer(self.narrowed(narrowed).reap().await);
        prop_assert_eq!(reaped, Ok(keys.len() as u64), "another number (left) was reaped");
        for key in &keys {
            self.reference.reap(key);
        }
        self.end().await
    }
}

/// Ann submits what is in the first tenant, and some of the other; Bob the rest.
fn user_of(key: &RequestKey) -> &'static str {
    if key.tenant_id == TENANTS[0] || key.request_id == "r-1" { "ann" } else { "bob" }
}

fn submission(
    key: &RequestKey,
    payload: &Json,
    wanted: &Wanted,
    process_after: Option<dynamorm::Timestamp>,
) -> Submission {
    let mut submission = Submission::new(key.tenant_id.as_str(), user_of(key), "count")
        .id(key.request_id.as_str())
        .payload(payload.clone())
        .priority(wanted.priority)
        .max_retries(wanted.max_retries);
    if let Some(connection) = wanted.connection {
        submission = submission.connection(connection);
    }
    if let Some(instant) = process_after {
        submission = submission.process_after(instant);
    }
    submission
}

fn json(text: &str) -> Json {
    Json::parse(text).unwrap()
}
