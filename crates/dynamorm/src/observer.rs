use std::{fmt::Debug, time::Duration};

use dynamorm_core::{ErrorKind, transport::Operation};

/// Hears of every request of a [`Db`](crate::Db) once it is answered, for counters and histograms: what
/// [`Db::with_observer`](crate::Db::with_observer) takes.
///
/// It is called between the answer and the caller: it has to be quick, and must not block.
///
/// ```
/// use std::sync::{
///     Arc,
///     atomic::{AtomicU64, Ordering},
/// };
///
/// use dynamorm::{Db, ObservedRequest, Observer};
///
/// #[derive(Debug, Default)]
/// struct Requests(AtomicU64);
///
/// impl Observer for Requests {
///     fn observe(&self, _: &ObservedRequest<'_>) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), dynamorm::Error> {
/// let requests = Arc::new(Requests::default());
/// let db = Db::memory()?.with_observer(requests.clone());
///
/// db.list_tables().await?;
///
/// assert_eq!(requests.0.load(Ordering::Relaxed), 1);
/// # Ok(())
/// # }
/// ```
pub trait Observer: Debug + Send + Sync + 'static {
    /// Takes note of a request. One whose future is dropped before its answer comes is not told of.
    fn observe(&self, request: &ObservedRequest<'_>);
}

/// A request and what came of it. It holds no key, and nothing of an item.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ObservedRequest<'a> {
    /// The operation.
    pub operation: Operation,
    /// The table that it concerns, as it is sent; empty where it concerns none or several.
    pub table: &'a str,
    /// The index that it reads.
    pub index: Option<&'static str>,
    /// How long it took until its answer was read, the engine's retries included.
    pub duration: Duration,
    /// How many times it was sent.
    pub attempts: u32,
    /// The capacity units that it consumed, where the answer says so.
    pub consumed_capacity: Option<f64>,
    /// Why it failed; `None` where it succeeded.
    pub error: Option<ErrorKind>,
}
