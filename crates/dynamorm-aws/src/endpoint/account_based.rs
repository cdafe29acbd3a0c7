use std::sync::{Arc, PoisonError, RwLock};

use super::{
    endpoint_url::EndpointUrl, error::EndpointError, host_label::is_host_label, resolved::ResolvedEndpoint,
    table_arn,
};

/// The endpoints of the accounts in one region, `https://<account>.ddb.<region>.<suffix>`.
#[derive(Debug)]
pub(super) struct AccountBased {
    region: String,
    dns_suffix: &'static str,
    /// Whether a request without an account is refused rather than sent to the region's endpoint.
    is_required: bool,
    /// The endpoint of the last account: with few exceptions a client has one.
    last: RwLock<Option<LastAccount>>,
}

#[derive(Debug)]
struct LastAccount {
    id: String,
    endpoint: Arc<ResolvedEndpoint>,
}

impl AccountBased {
    pub(super) fn new(region: String, dns_suffix: &'static str, is_required: bool) -> Self {
        Self { region, dns_suffix, is_required, last: RwLock::new(None) }
    }

    /// The endpoint of the account that owns `table`, else of the account of the credentials, else none.
    pub(super) fn resolve(
        &self,
        account_id: Option<&str>,
        table: Option<&str>,
    ) -> Result<Option<Arc<ResolvedEndpoint>>, EndpointError> {
        if let Some(owner) = table.and_then(|table| table_arn::account_of(table, &self.region)) {
            return self.endpoint_of(owner).map(Some);
        }
        match account_id {
            Some(account_id) if is_host_label(account_id) => self.endpoint_of(account_id).map(Some),
            Some(_) => Err(EndpointError::InvalidAccountId),
            None if self.is_required => Err(EndpointError::AccountIdRequired),
            None => Ok(None),
        }
    }

    fn endpoint_of(&self, account_id: &str) -> Result<Arc<ResolvedEndpoint>, EndpointError> {
        if let Some(last) = &*self.last.read().unwrap_or_else(PoisonError::into_inner)
            && last.id == account_id
        {
            return Ok(Arc::clone(&last.endpoint));
        }
        let url = format!("https://{account_id}.ddb.{}.{}", self.region, self.dns_suffix);
        let url = EndpointUrl::parse(&url).map_err(EndpointError::InvalidUrl)?;
        let endpoint = Arc::new(ResolvedEndpoint::new(url));
        *self.last.write().unwrap_or_else(PoisonError::into_inner) =
            Some(LastAccount { id: account_id.to_owned(), endpoint: Arc::clone(&endpoint) });
        Ok(endpoint)
    }
}
