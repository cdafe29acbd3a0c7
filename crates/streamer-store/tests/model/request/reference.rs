//! The request queue as the contract has it: a map of requests, and what each operation makes of one.

use std::{collections::BTreeMap, time::Duration};

use dynamorm::Timestamp;
use streamer_store::{
    AsyncRequest, Claimed, ErrorKind, Json, Priority, Progress, RequestFailure, RequestKey, RequestStatus,
};

/// A tenant and an id.
pub(super) type Key = (String, String);

/// Seven days after its end a request is absent.
const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// A lease counts as expired two seconds late.
const ALLOWANCE: Duration = Duration::from_secs(2);

#[derive(Debug)]
pub(super) struct Reference {
    pub(super) now: Timestamp,
    requests: BTreeMap<Key, AsyncRequest>,
}

/// What becomes of a write by a lease that the contract lets through.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owned {
    /// It is written.
    Written,
    /// It was written before: the item stays as it is.
    Before,
}

pub(super) fn key(key: &RequestKey) -> Key {
    (key.tenant_id.clone(), key.request_id.clone())
}

/// A stored request without what the contract leaves to the store: how the fingerprint and the shard are named.
pub(super) fn comparable(mut request: AsyncRequest) -> AsyncRequest {
    request.fingerprint.clear();
    if let Some((partition, _shard)) = request.status_shard.rsplit_once('#') {
        request.status_shard = partition.to_owned();
    }
    request
}

impl Reference {
    pub(super) fn new(now: Timestamp) -> Self {
        Self { now, requests: BTreeMap::new() }
    }

    pub(super) fn keys(&self) -> Vec<Key> {
        self.requests.keys().cloned().collect()
    }

    /// The request, unless it is absent or has expired.
    pub(super) fn get(&self, key: &RequestKey) -> Result<&AsyncRequest, ErrorKind> {
        let found = self.requests.get(&self::key(key)).filter(|request| !self.has_expired(request));
        found.ok_or(ErrorKind::NotFound)
    }

    fn has_expired(&self, request: &AsyncRequest) -> bool {
        request.ttl.is_some_and(|ttl| ttl <= self.now)
    }

    fn get_mut(&mut self, key: &RequestKey) -> Result<&mut AsyncRequest, ErrorKind> {
        self.get(key)?;
        self.requests.get_mut(&self::key(key)).ok_or(ErrorKind::NotFound)
    }

    /// All that are there.
    pub(super) fn alive(&self) -> impl Iterator<Item = &AsyncRequest> {
        self.requests.values().filter(|request| !self.has_expired(request))
    }

    /// Those that concern a worker now: claimable, or to be failed.
    pub(super) fn due(&self, is_used_up: bool) -> Vec<&AsyncRequest> {
        let due = self.alive().filter(|request| request.status.is_open() && request.visible_at <= self.now);
        due.filter(|request| (request.tries > request.max_retries) == is_used_up).collect()
    }

    /// Says whether it is a replay.
    pub(super) fn enqueue(&mut self, new: AsyncRequest) -> Result<bool, ErrorKind> {
        let key = new.request_key();
        if let Ok(stored) = self.get(&key) {
            let is_same = (&stored.action, &stored.payload) == (&new.action, &new.payload);
            return if is_same { Ok(true) } else { Err(ErrorKind::AlreadyExists) };
        }
        self.requests.insert(self::key(&key), new);
        Ok(false)
    }

    pub(super) fn claim(&mut self, key: &RequestKey, worker: &str, lease: Duration) -> Result<(), ErrorKind> {
        let now = self.now;
        let request = self.get_mut(key)?;
        let illegal = ErrorKind::IllegalTransition { from: request.status, to: RequestStatus::Processing };
        if !request.status.is_open() {
            return Err(illegal);
        }
        if request.visible_at > now {
            return Err(ErrorKind::Conflict);
        }
        if request.tries > request.max_retries {
            return Err(illegal);
        }
        request.status = RequestStatus::Processing;
        request.worker = Some(worker.to_owned());
        request.processing_started = Some(now);
        request.retry_after = None;
        request.attempt += 1;
        request.tries += 1;
        extend(request, now, lease);
        Ok(())
    }

    /// The store chose the name of a claim's lease.
    pub(super) fn name_lease(&mut self, key: &RequestKey, lease_id: &str) {
        if let Ok(request) = self.get_mut(key) {
            request.lease_id = Some(lease_id.to_owned());
        }
    }

    /// The write of a lease, which asks for a status where it asks for one.
    fn owned(
        &mut self,
        held: &Claimed,
        asked: Option<RequestStatus>,
        write: impl FnOnce(&mut AsyncRequest, Timestamp),
    ) -> Result<Owned, ErrorKind> {
        let now = self.now;
        let Ok(request) = self.get_mut(held.lease.key()) else { return Err(ErrorKind::LeaseLost) };
        let is_mine = request.lease_id.as_deref() == Some(held.lease.id());
        if is_mine && request.status == RequestStatus::Processing {
            request.updated_at = now;
            write(request, now);
            return Ok(Owned::Written);
        }
        if is_mine && asked == Some(request.status) {
            return Ok(Owned::Before);
        }
        match request.status {
            RequestStatus::Cancelled => Err(ErrorKind::Cancelled),
            _ => Err(ErrorKind::LeaseLost),
        }
    }

    /// It extends the lease, and never shortens it.
    pub(super) fn heartbeat(&mut self, held: &Claimed, lease: Duration) -> Result<Owned, ErrorKind> {
        let lease_until = Some(self.now.saturating_add(lease));
        let lasts_longer = |request: &mut AsyncRequest| {
            request.status == RequestStatus::Processing
                && request.lease_id.as_deref() == Some(held.lease.id())
                && request.lease_until > lease_until
        };
        if self.get_mut(held.lease.key()).is_ok_and(lasts_longer) {
            return Ok(Owned::Before);
        }
        self.owned(held, None, |request, now| extend(request, now, lease))
    }

    pub(super) fn progress(&mut self, held: &Claimed, progress: Progress) -> Result<Owned, ErrorKind> {
        self.owned(held, None, |request, _| {
            let percentage = progress.percentage.min(100);
            request.progress = Some(request.progress.map_or(percentage, |before| before.max(percentage)));
            request.progress_message = progress.message;
            request.progress_details = progress.details;
        })
    }

    pub(super) fn checkpoint(&mut self, held: &Claimed, checkpoint: Json) -> Result<Owned, ErrorKind> {
        self.owned(held, None, |request, _| request.checkpoint = Some(checkpoint))
    }

    pub(super) fn complete(&mut self, held: &Claimed, result: Json) -> Result<Owned, ErrorKind> {
        self.owned(held, Some(RequestStatus::Completed), |request, now| {
            end(request, RequestStatus::Completed, now);
            request.progress = Some(100);
            request.result = Some(result);
            request.error = None;
        })
    }

    pub(super) fn fail(&mut self, held: &Claimed, error: RequestFailure) -> Result<Owned, ErrorKind> {
        self.owned(held, Some(RequestStatus::Failed), |request, now| {
            end(request, RequestStatus::Failed, now);
            request.error = Some(error);
        })
    }

    /// A retry of a request that has tries left, to be tried again at `at`.
    pub(super) fn retry(
        &mut self,
        held: &Claimed,
        error: RequestFailure,
        at: Timestamp,
    ) -> Result<Owned, ErrorKind> {
        self.owned(held, Some(RequestStatus::Retrying), |request, _| {
            request.status = RequestStatus::Retrying;
            request.visible_at = at;
            request.retry_after = Some(at);
            request.error = Some(error);
            request.lease_until = None;
        })
    }

    pub(super) fn release(&mut self, held: &Claimed) -> Result<Owned, ErrorKind> {
        self.owned(held, Some(RequestStatus::Pending), |request, now| {
            request.status = RequestStatus::Pending;
            request.visible_at = now;
            request.tries -= 1;
            request.worker = None;
            request.lease_until = None;
            request.processing_started = None;
        })
    }

    pub(super) fn cancel(&mut self, key: &RequestKey) -> Result<(), ErrorKind> {
        let now = self.now;
        let request = self.get_mut(key)?;
        match request.status {
            RequestStatus::Cancelled => Ok(()),
            status if status.is_open() => {
                end(request, RequestStatus::Cancelled, now);
                Ok(())
            }
            from => Err(ErrorKind::IllegalTransition { from, to: RequestStatus::Cancelled }),
        }
    }

    pub(super) fn requeue(&mut self, key: &RequestKey) -> Result<(), ErrorKind> {
        let now = self.now;
        let request = self.get_mut(key)?;
        if request.status.is_open() {
            return Err(ErrorKind::IllegalTransition { from: request.status, to: RequestStatus::Pending });
        }
        let kept = request.clone();
        *request = AsyncRequest {
            created_at: kept.created_at,
            process_after: Some(now),
            attempt: kept.attempt,
            ..pending(key, &kept.payload, kept.priority, now)
        };
        (request.user_id, request.connection_id) = (kept.user_id, kept.connection_id);
        request.max_retries = kept.max_retries;
        Ok(())
    }

    pub(super) fn update_status(&mut self, key: &RequestKey, to: RequestStatus) -> Result<(), ErrorKind> {
        match to {
            RequestStatus::Cancelled => self.cancel(key),
            RequestStatus::Pending => self.requeue(key),
            to => Err(ErrorKind::IllegalTransition { from: self.get(key)?.status, to }),
        }
    }

    pub(super) fn delete(&mut self, key: &RequestKey) -> Result<(), ErrorKind> {
        match self.get(key).map(|request| request.status) {
            Ok(status) if status.is_open() => Err(ErrorKind::IllegalTransition { from: status, to: status }),
            Ok(_) | Err(_) => {
                self.requests.remove(&self::key(key));
                Ok(())
            }
        }
    }

    /// Fails a request that is due and used up.
    pub(super) fn reap(&mut self, key: &RequestKey) {
        let now = self.now;
        if let Ok(request) = self.get_mut(key) {
            end(request, RequestStatus::Failed, now);
            request.error.get_or_insert_with(|| {
                RequestFailure::new("PROCESSING_FAILED", "no worker finished it, and its tries are used up")
            });
        }
    }
}

/// A request that waits from now on, and has done nothing yet.
pub(super) fn pending(key: &RequestKey, payload: &Json, priority: Priority, now: Timestamp) -> AsyncRequest {
    AsyncRequest {
        request_id: key.request_id.clone(),
        tenant_id: key.tenant_id.clone(),
        user_id: String::new(),
        connection_id: None,
        status: RequestStatus::Pending,
        status_shard: format!("OPEN#{priority}"),
        visible_at: now,
        priority,
        action: "count".to_owned(),
        payload: payload.clone(),
        fingerprint: String::new(),
        created_at: now,
        process_after: None,
        updated_at: now,
        unhandled_since: None,
        processing_started: None,
        processing_ended: None,
        worker: None,
        lease_id: None,
        lease_until: None,
        attempt: 0,
        tries: 0,
        max_retries: 3,
        retry_after: None,
        progress: None,
        progress_message: None,
        progress_details: None,
        checkpoint: None,
        result: None,
        error: None,
        ttl: None,
    }
}

fn extend(request: &mut AsyncRequest, now: Timestamp, lease: Duration) {
    let lease_until = now.saturating_add(lease);
    request.lease_until = Some(lease_until);
    request.visible_at = lease_until.saturating_add(ALLOWANCE);
    request.updated_at = now;
}

fn end(request: &mut AsyncRequest, status: RequestStatus, now: Timestamp) {
    request.status = status;
    request.status_shard = status.to_string();
    request.visible_at = now;
    request.processing_ended = Some(now);
    request.updated_at = now;
    // Epoch seconds have no fraction.
    request.ttl = Timestamp::from_unix_seconds(now.saturating_add(KEPT).to_unix_seconds()).ok();
    request.checkpoint = None;
}
