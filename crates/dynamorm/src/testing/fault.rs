use std::time::Duration;

use dynamorm_core::transport::Operation;

/// What goes wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// The engine refuses the request as one too many, and does not run it:
    /// [`ErrorKind::Throttled`](crate::ErrorKind::Throttled), as it comes once the transport's own retries are used up.
    Throttled,
    /// The engine leaves so many keys of a `BatchGetItem`, or writes of a `BatchWriteItem`, undone: the last ones. They
    /// do not reach the engine and come back in `UnprocessedKeys` or `UnprocessedItems`.
    ///
    /// If none are left over, nothing is run. DynamoDB answers with a throttle then; other engines do not.
    Unprocessed(usize),
    /// The engine refuses the request for lack of permission, and does not run it:
    /// [`ErrorKind::Denied`](crate::ErrorKind::Denied).
    Denied,
    /// Another transaction holds the item, and nothing is run. A write of one item is refused with
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict); a transaction is canceled, its first action for that reason.
    Conflict,
    /// The connection is lost before the engine has the request: it is not run, and whoever sent it does not know
    /// ([`ErrorKind::Unavailable`](crate::ErrorKind::Unavailable)).
    LostBefore,
    /// The engine runs the request, and its answer is lost
    /// ([`ErrorKind::Timeout`](crate::ErrorKind::Timeout)).
    LostAfter,
    /// The engine runs the request, its answer is lost, and the transport sends it again, as AWS's strategy does: what
    /// comes back is the second answer, of two attempts. A request that must not be sent again
    /// ([`Repeat::Unsafe`](crate::transport::Repeat::Unsafe)) ends as with [`Fault::LostAfter`].
    SentTwice,
    /// A `Query` or `Scan` reads no more than so many items, at least one, so that there is a further page.
    PartialPage(u32),
    /// The request waits before it reaches the engine. Tokio's clock tells the time, which a test can pause.
    Slow(Duration),
    /// The request waits before it reaches the engine until [`Injected::release`](super::Injected::release) lets it go
    /// on, or for ever.
    Held,
}

impl Fault {
    /// Whether this can go wrong with a request of `operation`.
    pub(super) fn befalls(self, operation: Operation) -> bool {
        match self {
            Self::Unprocessed(_) => {
                matches!(operation, Operation::BatchGetItem | Operation::BatchWriteItem)
            }
            Self::Conflict => matches!(
                operation,
                Operation::DeleteItem
                    | Operation::PutItem
                    | Operation::TransactGetItems
                    | Operation::TransactWriteItems
                    | Operation::UpdateItem
            ),
            Self::PartialPage(_) => matches!(operation, Operation::Query | Operation::Scan),
            Self::Throttled
            | Self::Denied
            | Self::LostBefore
            | Self::LostAfter
            | Self::SentTwice
            | Self::Slow(_)
            | Self::Held => true,
        }
    }
}
