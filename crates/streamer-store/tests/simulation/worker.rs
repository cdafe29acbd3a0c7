use std::{cell::Cell, rc::Rc, time::Duration};

use streamer_store::{Claimed, ErrorKind, Json, Progress, RequestFailure, RequestQueue};

use crate::{dice::Dice, gate::Gate, wait::Turn};

const LEASE: Duration = Duration::from_secs(30);

/// Takes what is due and ends it, one after the other, until it is told to stop.
pub(crate) async fn work(queue: RequestQueue, name: String, dice: Dice, gate: Gate, stop: Rc<Cell<bool>>) {
    while !stop.get() {
        let Ok(claimed) = queue.dequeue(1 + usize::try_from(dice.below(2)).unwrap(), &name, LEASE).await
        else {
            continue;
        };
        if claimed.is_empty() {
            Turn::default().await;
        }
        for held in claimed {
            carry_out(&queue, &held, &dice, &gate).await;
        }
    }
}

/// Carries a request out in a few steps. What cannot be told to the store is tried again; what the store says is not held
/// any more is given up.
async fn carry_out(queue: &RequestQueue, held: &Claimed, dice: &Dice, gate: &Gate) {
    for step in 1..=dice.below(4) {
        let percentage = u8::try_from(step * 20 + dice.below(20)).unwrap();
        let progress = Progress { percentage, ..Progress::default() };
        let told = match dice.below(2) {
            0 => queue.heartbeat(&held.lease, LEASE).await,
            _ => queue.update_progress(&held.lease, progress).await,
        };
        if told.is_err_and(|error| is_lost(error.kind())) {
            return;
        }
    }
    let ending = dice.below(8);
    for _ in 0..20 {
        let failure = RequestFailure::new("PROCESSING_FAILED", "no luck");
        let ended = match ending {
            0 => queue.fail(&held.lease, failure).await,
            1 => queue.retry(held, failure, None).await.map(drop),
            2 => queue.release(&held.lease).await,
            _ => queue.complete(&held.lease, Json::empty()).await,
        };
        match ended {
            Ok(()) => return,
            Err(error) if error.is_retryable() => {}
            Err(error) if is_lost(error.kind()) => return check_that_it_is_lost(held, gate),
            Err(error) => panic!("{error}"),
        }
    }
}

/// A worker that is told that it holds a request no more has not completed it: none but the holder does.
fn check_that_it_is_lost(held: &Claimed, gate: &Gate) {
    let key = held.lease.key();
    let name = format!("REQ#{}#{}", key.tenant_id, key.request_id);
    gate.histories(|histories| {
        let is_done = histories
            .last(&name)
            .is_some_and(|seen| seen.status == "COMPLETED" && seen.lease_id == held.lease.id());
        if is_done {
            histories.fail(format!("{name}: its holder completed it, and is told that it is lost"));
        }
    });
}

fn is_lost(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::LeaseLost | ErrorKind::Cancelled)
}
