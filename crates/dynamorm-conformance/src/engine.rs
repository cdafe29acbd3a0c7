use std::{fmt, future::Future, sync::Arc};

use dynamorm::{Db, Error, transport::BoxFuture};

use crate::isolation::Isolation;

type Make = dyn Fn(Isolation) -> BoxFuture<'static, Result<Db, Error>> + Send + Sync;

/// An engine under test.
#[derive(Clone)]
pub struct Engine {
    name: String,
    make: Arc<Make>,
    exceptions: &'static [&'static str],
    reason: &'static str,
}

impl Engine {
    /// The engine `name`; `make` is called once for each case and gives a database without any of the case's tables.
    pub fn new<F, Made>(name: impl Into<String>, make: F) -> Self
    where
        F: Fn(Isolation) -> Made + Send + Sync + 'static,
        Made: Future<Output = Result<Db, Error>> + Send + 'static,
    {
        Self {
            name: name.into(),
            make: Arc::new(move |isolation| Box::pin(make(isolation))),
            exceptions: &[],
            reason: "",
        }
    }

    /// Skips these cases, each as `<file>::<claim>`, for a reason that is no lack of the engine: it is one through a
    /// layer that does, for a test, what DynamoDB does rarely.
    ///
    /// They run all the same, and fail if they pass, as cases of a declared lack do.
    #[must_use]
    pub fn except(mut self, cases: &'static [&'static str], reason: &'static str) -> Self {
        self.exceptions = cases;
        self.reason = reason;
        self
    }

    /// Why the case `name` is skipped.
    pub(crate) fn exception(&self, name: &str) -> Option<&'static str> {
        self.exceptions.contains(&name).then_some(self.reason)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) async fn make(&self) -> Result<Db, Error> {
        (self.make)(Isolation::new()).await
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("name", &self.name).finish_non_exhaustive()
    }
}
