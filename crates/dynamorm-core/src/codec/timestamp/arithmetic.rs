use std::time::Duration;

use super::Timestamp;

impl Timestamp {
    /// The instant so much later, or `None` after the year 9999.
    #[must_use]
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let nanos = i128::try_from(duration.as_nanos()).ok()?;
        Self::from_unix_nanos(self.to_unix_nanos().checked_add(nanos)?).ok()
    }

    /// The instant so much earlier, or `None` before the year 1.
    #[must_use]
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let nanos = i128::try_from(duration.as_nanos()).ok()?;
        Self::from_unix_nanos(self.to_unix_nanos().checked_sub(nanos)?).ok()
    }

    /// The instant so much later, at most [`Timestamp::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::MAX)
    }

    /// The instant so much earlier, at least [`Timestamp::MIN`].
    #[must_use]
    pub fn saturating_sub(self, duration: Duration) -> Self {
        self.checked_sub(duration).unwrap_or(Self::MIN)
    }

    /// The time since `earlier`, or `None` if that is later.
    #[must_use]
    pub fn duration_since(self, earlier: Self) -> Option<Duration> {
        let seconds = u64::try_from(self.seconds - earlier.seconds).ok()?;
        let later = Duration::new(seconds, self.nanos);
        later.checked_sub(Duration::new(0, earlier.nanos))
    }

    /// The time since `earlier`, or zero if that is later.
    #[must_use]
    pub fn saturating_duration_since(self, earlier: Self) -> Duration {
        self.duration_since(earlier).unwrap_or_default()
    }
}
