use std::fmt;

/// A part of DynamoDB that not every engine has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Capability {
    /// A read of a table or LSI that is not marked consistent may be stale, so that `ConsistentRead` matters.
    EventualReads,
    /// Two transactions on one item at once conflict (`TransactionConflict`) instead of running one after the other.
    TransactionConflicts,
    /// `TransactWriteItems` and `TransactGetItems`.
    Transactions,
    /// DynamoDB Streams.
    Streams,
    /// Expired items are deleted by the engine itself.
    TimeToLiveDeletion,
    /// Table and index names of fewer than three characters are refused, as DynamoDB does.
    NameLengthLimit,
    /// A filter on an attribute that the index does not project is refused instead of counting it as absent.
    UnprojectedFilterRefused,
    /// A filter `BETWEEN` two values of which the first is the greater is refused instead of matching nothing.
    ReversedRangeRefused,
}

/// What an engine has, and of what it lacks, why.
#[derive(Clone, Copy)]
pub struct Capabilities {
    /// The engine's name, for people: reports and skipped tests. Never branch on it.
    pub engine: &'static str,
    /// What the engine lacks, with the reason.
    pub lacks: &'static [(Capability, &'static str)],
}

impl Capabilities {
    /// Why the engine lacks `capability`, or `None` if it has it.
    pub fn lack(&self, capability: Capability) -> Option<&'static str> {
        self.lacks.iter().find(|(lacking, _)| *lacking == capability).map(|(_, reason)| *reason)
    }

    /// Whether the engine has `capability`.
    pub fn has(&self, capability: Capability) -> bool {
        self.lack(capability).is_none()
    }
}

impl fmt::Debug for Capabilities {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capabilities").field("engine", &self.engine).field("lacks", &self.lacks).finish()
    }
}
