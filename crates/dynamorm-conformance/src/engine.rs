use std::{fmt, future::Future, sync::Arc};

use dynamorm::{Db, Error, transport::BoxFuture};

use crate::isolation::Isolation;

type Make = dyn Fn(Isolation) -> BoxFuture<'static, Result<Db, Error>> + Send + Sync;

/// An engine under test.
#[derive(Clone)]
pub struct Engine {
    name: String,
    make: Arc<Make>,
}

impl Engine {
    /// The engine `name`; `make` is called once for each case and gives a database without any of the case's tables.
    pub fn new<F, Made>(name: impl Into<String>, make: F) -> Self
    where
        F: Fn(Isolation) -> Made + Send + Sync + 'static,
        Made: Future<Output = Result<Db, Error>> + Send + 'static,
    {
        Self { name: name.into(), make: Arc::new(move |isolation| Box::pin(make(isolation))) }
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
