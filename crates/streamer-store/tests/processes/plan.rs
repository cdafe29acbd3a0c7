use std::time::Duration;

use streamer_store::{AsyncRequest, Json, RequestKey, RequestStatus, Submission};

/// How many requests there are.
pub(crate) const REQUESTS: u32 = 60;

/// Short, so that what a killed worker held is soon another's; two seconds more pass for the clocks' difference.
pub(crate) const LEASE: Duration = Duration::from_secs(1);

/// Far shorter than a lease.
pub(crate) const WORK: Duration = Duration::from_millis(200);

const TENANT: &str = "acme";

/// What a worker makes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    Complete,
    Fail,
    /// It is given back to be tried again the first time.
    CompleteAtSecondTry,
}

impl Plan {
    fn of_number(number: u32) -> Self {
        match number % 6 {
            1 => Self::Fail,
            2 => Self::CompleteAtSecondTry,
            _ => Self::Complete,
        }
    }

    pub(crate) fn of(request: &AsyncRequest) -> Self {
        let number = request.request_id.trim_start_matches("r-").parse();
        Self::of_number(number.unwrap())
    }

    pub(crate) fn end(self) -> RequestStatus {
        match self {
            Self::Fail => RequestStatus::Failed,
            Self::Complete | Self::CompleteAtSecondTry => RequestStatus::Completed,
        }
    }
}

pub(crate) fn key(number: u32) -> RequestKey {
    RequestKey::new(TENANT, format!("r-{number}"))
}

/// More tries than workers are killed: none is failed for want of them.
pub(crate) fn submission(number: u32) -> Submission {
    Submission::new(TENANT, "ann", "count").id(key(number).request_id).payload(Json::empty()).max_retries(100)
}
