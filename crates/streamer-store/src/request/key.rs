use std::fmt;

use crate::error::Error;

/// Which request: its id, and the tenant it is of, since two tenants may choose one id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RequestKey {
    /// The tenant.
    pub tenant_id: String,
    /// The id, chosen by the client.
    pub request_id: String,
}

/// Characters of an id that clients choose, at most.
pub const MAX_REQUEST_ID_CHARACTERS: usize = 128;

impl RequestKey {
    /// The request `request_id` of a tenant.
    pub fn new(tenant_id: impl Into<String>, request_id: impl Into<String>) -> Self {
        Self { tenant_id: tenant_id.into(), request_id: request_id.into() }
    }

    /// Refuses ids that cannot be any.
    pub(crate) fn check(&self, operation: &'static str) -> Result<(), Error> {
        crate::id::check_id(operation, "tenant_id", &self.tenant_id)?;
        let characters = self.request_id.chars().count();
        if characters == 0 || characters > MAX_REQUEST_ID_CHARACTERS {
            let message = format!(
                "`request_id` has {characters} characters; it has at least 1 and {MAX_REQUEST_ID_CHARACTERS} at most"
            );
            return Err(Error::validation(operation, "request_id", message));
        }
        Ok(())
    }
}

/// Both ids, for messages.
impl fmt::Display for RequestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant_id, self.request_id)
    }
}
