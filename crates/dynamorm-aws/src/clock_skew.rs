use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_smithy_types::date_time::{DateTime, Format};

/// The errors by which AWS refuses a request that is signed for another time than now.
///
/// Each of them can have another cause as well, so that it counts only together with a clock that is wrong.
const CODES: [&str; 5] = [
    "AccessDeniedException",
    "AuthFailure",
    "InvalidSignatureException",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
];

/// AWS takes a signature that is up to
/// [five minutes](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html) old; a clock
/// that is nearer to the server's is not the cause of a refusal.
const TOLERANCE: Duration = Duration::from_secs(4 * 60);

/// How far a server's clock is ahead of this machine's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Skew {
    milliseconds: i64,
}

impl Skew {
    /// The server's time when this machine's clock shows `now`.
    pub(crate) fn apply(self, now: SystemTime) -> SystemTime {
        let distance = Duration::from_millis(self.milliseconds.unsigned_abs());
        let moved = if self.milliseconds < 0 { now.checked_sub(distance) } else { now.checked_add(distance) };
        moved.unwrap_or(now)
    }

    fn between(now: SystemTime, server: SystemTime) -> Option<Self> {
        let milliseconds = match server.duration_since(now) {
            Ok(ahead) => i64::try_from(ahead.as_millis()).ok()?,
            Err(behind) => -i64::try_from(behind.duration().as_millis()).ok()?,
        };
        Some(Self { milliseconds })
    }
}

/// What is known of the server's clock; clones share it.
///
/// It is measured by the `Date` of an answer that refuses a signature, never before: a clock that is right costs
/// nothing. A measurement is wrong by as much as the answer took, which the time-outs keep far below the tolerance.
#[derive(Clone, Debug, Default)]
pub(crate) struct ClockSkew {
    milliseconds: Arc<AtomicI64>,
    is_disabled: bool,
}

impl ClockSkew {
    /// A correction that never happens, as `disable_clock_skew_correction` asks for.
    pub(crate) fn disabled() -> Self {
        Self { is_disabled: true, ..Self::default() }
    }

    /// What was measured last.
    pub(crate) fn current(&self) -> Skew {
        Skew { milliseconds: self.milliseconds.load(Ordering::Relaxed) }
    }

    /// Learns from a refusal, with the error `code` and the header `date`, that came in at `now` for a request that was
    /// signed with `assumed`; `true` if that was wrong.
    ///
    /// What was assumed counts, not what is known by now: of many requests that are refused at once, the first
    /// corrects the clock, and each has to be sent again.
    pub(crate) fn correct(&self, code: &str, date: Option<&str>, now: SystemTime, assumed: Skew) -> bool {
        if self.is_disabled || !CODES.contains(&code) {
            return false;
        }
        let Some(server) = date.and_then(read) else { return false };
        let signed_for = assumed.apply(now);
        let error = server.duration_since(signed_for).unwrap_or_else(|behind| behind.duration());
        let Some(skew) = Skew::between(now, server).filter(|_| error > TOLERANCE) else { return false };
        tracing::warn!(
            seconds = skew.milliseconds / 1000,
            "the clock differs from the server's, by which is signed now"
        );
        self.milliseconds.store(skew.milliseconds, Ordering::Relaxed);
        true
    }
}

fn read(date: &str) -> Option<SystemTime> {
    DateTime::from_str(date, Format::HttpDate).ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    const DATE: &str = "Sun, 22 Nov 2026 13:00:00 GMT";
    const HOUR: Duration = Duration::from_secs(3600);

    fn server() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_352_400)
    }

    #[test]
    fn is_corrected_in_both_directions() {
        for now in [server() - HOUR, server() + HOUR] {
            let skew = ClockSkew::default();

            assert!(skew.correct("InvalidSignatureException", Some(DATE), now, Skew::default()));

            assert_eq!(skew.current().apply(now), server());
        }
    }

    #[test]
    fn is_left_alone_where_the_clock_is_not_the_cause() {
        let skew = ClockSkew::default();
        let late = server() - HOUR;
        let near = server() - Duration::from_secs(200);

        assert!(!skew.correct("InvalidSignatureException", Some(DATE), near, Skew::default()));
        assert!(!skew.correct("ValidationException", Some(DATE), late, Skew::default()));
        assert!(!skew.correct("InvalidSignatureException", None, late, Skew::default()));
        assert!(!skew.correct("InvalidSignatureException", Some("yesterday"), late, Skew::default()));
        assert_eq!(skew.current(), Skew::default());
    }

    #[test]
    fn is_wrong_for_every_request_that_was_signed_before_the_correction() {
        let skew = ClockSkew::default();
        let late = server() - HOUR;

        assert!(skew.correct("InvalidSignatureException", Some(DATE), late, Skew::default()));

        assert!(skew.correct("InvalidSignatureException", Some(DATE), late, Skew::default()));
        assert!(!skew.correct("InvalidSignatureException", Some(DATE), late, skew.current()));
    }

    #[test]
    fn is_taken_back_when_the_clock_is_set_right() {
        let skew = ClockSkew::default();
        skew.correct("RequestTimeTooSkewed", Some(DATE), server() - HOUR, Skew::default());

        assert!(skew.correct("RequestTimeTooSkewed", Some(DATE), server(), skew.current()));

        assert_eq!(skew.current().apply(server()), server());
    }

    #[test]
    fn is_never_corrected_when_disabled() {
        let skew = ClockSkew::disabled();

        assert!(!skew.correct("InvalidSignatureException", Some(DATE), server() - HOUR, Skew::default()));
        assert_eq!(skew.current(), Skew::default());
    }

    #[test]
    fn does_not_leave_the_range_of_time() {
        let skew = ClockSkew::default();

        assert!(skew.correct(
            "AuthFailure",
            Some("Fri, 31 Dec 9999 23:59:59 GMT"),
            UNIX_EPOCH,
            Skew::default()
        ));
        skew.current().apply(UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX)));
    }
}
