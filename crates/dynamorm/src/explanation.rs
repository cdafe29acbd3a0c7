use std::{fmt, sync::Arc};

use bytes::Bytes;
use dynamorm_core::transport::Operation;

/// The exact request of a builder, without sending it: what `.explain()` gives.
///
/// Shown with `{}` it holds the values that were given to the builder: it is for a developer's eyes, not for logs.
#[derive(Clone)]
pub struct Explanation {
    operation: Operation,
    table: Arc<str>,
    index: Option<&'static str>,
    request: Bytes,
}

impl Explanation {
    pub(crate) fn new(
        operation: Operation,
        table: Arc<str>,
        index: Option<&'static str>,
        request: Bytes,
    ) -> Self {
        Self { operation, table, index, request }
    }

    /// The operation.
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The table's name, as it is sent; empty if the request names none, or several.
    pub fn table(&self) -> &str {
        &self.table
    }

    /// The index that is read; `None` for the table itself.
    pub fn index(&self) -> Option<&'static str> {
        self.index
    }

    /// The request's JSON, byte for byte.
    pub fn request(&self) -> &Bytes {
        &self.request
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.operation)?;
        if !self.table.is_empty() {
            write!(f, " on table `{}`", self.table)?;
        }
        if let Some(index) = self.index {
            write!(f, ", index `{index}`")?;
        }
        let json: serde_json::Value = serde_json::from_slice(&self.request).map_err(|_| fmt::Error)?;
        write!(f, "\n{json:#}")
    }
}

impl fmt::Debug for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Explanation")
            .field("operation", &self.operation)
            .field("table", &self.table)
            .field("index", &self.index)
            .field("request", &format_args!("{} bytes", self.request.len()))
            .finish()
    }
}
