use std::marker::PhantomData;

use crate::{
    Timestamp,
    codec::{EncodeError, EpochSeconds},
};

/// What a write knows besides the item itself.
#[derive(Clone, Copy, Debug)]
pub struct WriteContext {
    /// The present instant, by the `Db`'s clock.
    pub now: Timestamp,
}

impl WriteContext {
    /// The version to write over an item that was read with `version`.
    ///
    /// # Errors
    /// When the version is negative, or the next one is more than the field's type or a `u64` holds.
    pub fn next_version(&self, version: impl Version) -> Result<u64, EncodeError> {
        version.next().ok_or_else(|| {
            EncodeError::new("the version is negative, or the greatest that its field's type holds")
        })
    }

    /// The `created_at` to write: the field's own, or now where it is unset.
    pub fn created_at(&self, field: impl RoleTimestamp) -> Timestamp {
        field.set().unwrap_or(self.now)
    }
}

/// A field type for `created_at` and `updated_at`: [`Timestamp`] or an option of it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot hold `created_at` or `updated_at`",
    label = "use `Timestamp` or `Option<Timestamp>`"
)]
pub trait RoleTimestamp: Copy {
    /// The instant, unless it is unset: `None`, or the Unix epoch, which is `Timestamp::default()`.
    fn set(self) -> Option<Timestamp>;
}

impl RoleTimestamp for Timestamp {
    fn set(self) -> Option<Timestamp> {
        (self != Self::default()).then_some(self)
    }
}

impl RoleTimestamp for Option<Timestamp> {
    fn set(self) -> Option<Timestamp> {
        self.and_then(RoleTimestamp::set)
    }
}

/// A field type for `ttl`: [`Timestamp`] or an option of it, stored as whole epoch seconds.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `ttl` field",
    label = "use `Timestamp` or `Option<Timestamp>`",
    note = "DynamoDB's TTL attribute is a number of epoch seconds; the field is an instant and stored so"
)]
pub trait TimeToLive: Copy {
    /// What is stored.
    type Stored: crate::Attribute;

    /// The value to store: whole seconds, what is beyond them cut off.
    fn to_stored(self) -> Self::Stored;

    /// The field's value of what is stored.
    fn from_stored(stored: Self::Stored) -> Self;

    /// When the item expires.
    fn expires_at(self) -> Option<Timestamp>;
}

impl TimeToLive for Timestamp {
    type Stored = EpochSeconds;

    fn to_stored(self) -> EpochSeconds {
        EpochSeconds::from(self)
    }

    fn from_stored(stored: EpochSeconds) -> Self {
        stored.into()
    }

    fn expires_at(self) -> Option<Timestamp> {
        Some(EpochSeconds::from(self).into())
    }
}

impl TimeToLive for Option<Timestamp> {
    type Stored = Option<EpochSeconds>;

    fn to_stored(self) -> Option<EpochSeconds> {
        self.map(EpochSeconds::from)
    }

    fn from_stored(stored: Option<EpochSeconds>) -> Self {
        stored.map(Timestamp::from)
    }

    fn expires_at(self) -> Option<Timestamp> {
        self.map(|at| EpochSeconds::from(at).into())
    }
}

/// What the path of a `ttl` field of type `T` leads to: it takes instants, and stores them as whole epoch seconds.
#[derive(Clone, Copy, Debug)]
pub struct Ttl<T>(PhantomData<T>);

/// A field type for `version`: an integer of 32 bits or more. Every write counts on, and an update leaves the counting
/// to DynamoDB, which knows no end, so that a smaller one would soon be too small for what is stored.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a `version` field",
    label = "use an integer of 32 bits or more, such as `u64`"
)]
pub trait Version: Copy {
    /// The version as the count it is; `None` if it is negative, or more than a `u64` holds.
    fn to_u64(self) -> Option<u64>;

    /// The version after it; `None` if the type or a `u64` does not hold it.
    fn next(self) -> Option<u64>;
}

macro_rules! versions {
    ($($integer:ty),+) => {
        $(impl Version for $integer {
            fn to_u64(self) -> Option<u64> {
                u64::try_from(self).ok()
            }

            fn next(self) -> Option<u64> {
                self.to_u64()?;
                self.checked_add(1)?.to_u64()
            }
        })+
    };
}

versions!(u32, u64, u128, usize, i32, i64, i128, isize);

#[cfg(test)]
mod tests {
    use super::{Version, WriteContext};
    use crate::Timestamp;

    fn next(version: impl Version) -> Option<u64> {
        WriteContext { now: Timestamp::default() }.next_version(version).ok()
    }

    #[test]
    fn versions_count_on() {
        assert_eq!((next(0_u32), next(7_i64), next(7_u128)), (Some(1), Some(8), Some(8)));
    }

    #[test]
    fn versions_end_where_their_type_does() {
        assert_eq!((next(u32::MAX), next(i32::MAX), next(i64::MAX)), (None, None, None));
        assert_eq!((next(u64::MAX), next(u128::from(u64::MAX))), (None, None));
        assert_eq!(next(-1_i64), None);
    }
}
