//! The partitions of `status-index`: open requests by priority and shard, ended ones by status and shard.

use sha2::{Digest as _, Sha256};

use super::{key::RequestKey, priority::Priority, status::RequestStatus};

/// How many shards there are unless said otherwise.
///
/// A life of a request costs its open partition some four writes, and one partition of an index takes about 1,000 a second.
pub const DEFAULT_SHARDS: u32 = 16;

/// More would make an idle worker's look at the queue cost more than its work.
pub const MAX_SHARDS: u32 = 100;

/// The shards of a queue: a stable hash of a request's key says in which one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shards(u32);

impl Shards {
    pub(crate) fn new(count: u32) -> Self {
        Self(count.clamp(1, MAX_SHARDS))
    }

    pub(crate) fn count(self) -> u32 {
        self.0
    }

    /// The shard of a request.
    pub(super) fn of(self, key: &RequestKey) -> u32 {
        let mut hash = Sha256::new();
        // The length keeps two pairs of ids apart that join to one text.
        hash.update((key.tenant_id.len() as u64).to_be_bytes());
        hash.update(key.tenant_id.as_bytes());
        hash.update(key.request_id.as_bytes());
        let digest = hash.finalize();
        u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % self.0
    }

    /// The partition of the open requests of a priority in one shard.
    pub(super) fn open(priority: Priority, shard: u32) -> String {
        format!("OPEN#{priority}#{shard:02}")
    }

    /// The partition of a request that is open.
    pub(super) fn open_of(self, priority: Priority, key: &RequestKey) -> String {
        Self::open(priority, self.of(key))
    }

    /// The partition of the requests that ended with a status, in one shard.
    pub(super) fn ended(status: RequestStatus, shard: u32) -> String {
        format!("{status}#{shard:02}")
    }

    /// The partitions in which the requests of a status are: of an open one also those of the other open ones.
    pub(super) fn partitions(self, status: RequestStatus) -> Vec<String> {
        let shards = 0..self.0;
        if status.is_open() {
            let of_priority = |priority| shards.clone().map(move |shard| Self::open(priority, shard));
            Priority::ALL.into_iter().flat_map(of_priority).collect()
        } else {
            shards.map(|shard| Self::ended(status, shard)).collect()
        }
    }

    /// The partition of a request that ended with a status.
    pub(super) fn ended_of(self, status: RequestStatus, key: &RequestKey) -> String {
        Self::ended(status, self.of(key))
    }
}

#[cfg(test)]
mod tests {
    use super::{Priority, RequestKey, RequestStatus, Shards};

    #[test]
    fn of_a_key_is_the_same_for_ever() {
        // What is stored by one version must be found by the next.
        let shard = |tenant, id| Shards::new(16).of(&RequestKey::new(tenant, id));

        assert_eq!([shard("acme", "r-1"), shard("acme", "r-2"), shard("ac", "mer-1")], [6, 12, 0]);
    }

    #[test]
    fn are_filled_evenly() {
        let mut counts = [0_u32; 16];
        for number in 0..16_000 {
            let shard = Shards::new(16).of(&RequestKey::new("acme", format!("r-{number}")));
            counts[usize::try_from(shard).unwrap()] += 1;
        }

        assert!(counts.iter().all(|count| (850..1150).contains(count)), "{counts:?}");
    }

    #[test]
    fn name_their_partitions() {
        assert_eq!(Shards::open(Priority::High, 3), "OPEN#high#03");
        assert_eq!(Shards::ended(RequestStatus::Completed, 15), "COMPLETED#15");
    }
}
