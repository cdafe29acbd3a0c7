use std::sync::Arc;

use aws_types::endpoint_config::AccountIdEndpointMode;

use super::{
    account_based::AccountBased,
    endpoint_url::EndpointUrl,
    error::EndpointError,
    host_label::is_host_name,
    partition::Partition,
    resolved::{ResolvedEndpoint, Signing},
};

/// The region that stands for DynamoDB local.
const LOCAL_REGION: &str = "local";

/// Where DynamoDB local listens unless told otherwise.
const LOCAL_URL: &str = "http://localhost:8000";

const LOCAL_SIGNING: Signing = Signing { region: "us-east-1", name: "dynamodb" };

/// What a configuration says about the endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndpointSettings {
    /// The region, which may be missing where there is an endpoint.
    pub(crate) region: Option<String>,
    /// Whether only FIPS endpoints will do.
    pub(crate) use_fips: bool,
    /// Whether endpoints with IPv4 and IPv6 are asked for.
    pub(crate) use_dual_stack: bool,
    /// An endpoint to use instead of AWS's.
    pub(crate) endpoint_url: Option<String>,
    /// Whether endpoints of an account are used where the account is known. A configuration that does not say takes
    /// the default, as AWS's client does.
    pub(crate) account_id_endpoint_mode: AccountIdEndpointMode,
}

/// DynamoDB's endpoint rules for one configuration: checked once, cheap for each request.
#[derive(Debug)]
pub(crate) struct EndpointRules {
    /// Where requests go that no account has an endpoint for.
    shared: Arc<ResolvedEndpoint>,
    account_based: Option<AccountBased>,
}

impl EndpointRules {
    /// Checks what a configuration says and works out its endpoint.
    ///
    /// # Errors
    /// When the settings contradict each other or lead to no endpoint: every case in which AWS's rules refuse and
    /// that does not depend on a request.
    pub(crate) fn new(settings: EndpointSettings) -> Result<Self, EndpointError> {
        if let Some(region) = settings.region.as_ref().filter(|region| !is_host_name(region)) {
            return Err(EndpointError::InvalidRegion { region: region.clone() });
        }
        if let Some(url) = &settings.endpoint_url {
            return configured(url, &settings).map(Self::without_accounts);
        }
        let region = settings.region.ok_or(EndpointError::MissingRegion)?;
        if region == LOCAL_REGION {
            return local(settings.use_fips, settings.use_dual_stack).map(Self::without_accounts);
        }

        let partition = Partition::of(&region);
        let host = HostParts::of(partition, settings.use_fips, settings.use_dual_stack)?;
        let HostParts { service, dns_suffix } = host;
        // The region was checked; only a name that is too long for any URL is left.
        let url = EndpointUrl::parse(&format!("https://{service}.{region}.{dns_suffix}"))
            .map_err(|_| EndpointError::InvalidRegion { region: region.clone() })?;
        let shared = Arc::new(ResolvedEndpoint::new(url));

        let is_required = settings.account_id_endpoint_mode == AccountIdEndpointMode::Required;
        let account_based = if settings.use_fips {
            if is_required {
                return Err(EndpointError::AccountIdRequiredWithFips);
            }
            None
        } else if !partition.has_account_endpoints(&region) {
            if is_required {
                return Err(EndpointError::AccountIdUnsupported { region });
            }
            None
        } else if settings.account_id_endpoint_mode == AccountIdEndpointMode::Disabled {
            None
        } else {
            // A mode that AWS adds later is taken for `preferred`, as its rules do.
            Some(AccountBased::new(region, dns_suffix, is_required))
        };
        Ok(Self { shared, account_based })
    }

    /// Where a request goes that concerns `table`, a name or an ARN, and is signed by credentials of `account_id`.
    ///
    /// The account in a table's ARN comes before that of the credentials. A request that concerns several tables
    /// counts by its first, one that concerns none by the credentials. Allocates only when the account is another
    /// than that of the request before.
    ///
    /// # Errors
    /// [`EndpointError::InvalidAccountId`], and [`EndpointError::AccountIdRequired`] where that is the mode.
    pub(crate) fn resolve(
        &self,
        account_id: Option<&str>,
        table: Option<&str>,
    ) -> Result<Arc<ResolvedEndpoint>, EndpointError> {
        let of_account = match &self.account_based {
            Some(account_based) => account_based.resolve(account_id, table)?,
            None => None,
        };
        Ok(of_account.unwrap_or_else(|| Arc::clone(&self.shared)))
    }

    fn without_accounts(endpoint: ResolvedEndpoint) -> Self {
        Self { shared: Arc::new(endpoint), account_based: None }
    }
}

/// The endpoint that the configuration names. The mode of account ids has no say in it, `required` neither.
fn configured(url: &str, settings: &EndpointSettings) -> Result<ResolvedEndpoint, EndpointError> {
    if settings.use_fips {
        return Err(EndpointError::FipsWithEndpoint);
    }
    if settings.use_dual_stack {
        return Err(EndpointError::DualStackWithEndpoint);
    }
    let url = EndpointUrl::parse(url).map_err(EndpointError::InvalidUrl)?;
    if let Some(region) = &settings.region {
        // AWS's clients would not know that they talk to a dual-stack endpoint.
        let suffix = Partition::of(region).dual_stack_dns_suffix;
        let host = url.authority().as_str();
        if ["dynamodb", "search-dynamodb"]
            .iter()
            .any(|service| host == format!("{service}.{region}.{suffix}"))
        {
            return Err(EndpointError::DualStackEndpointWithoutSetting { host: host.to_owned() });
        }
    }
    Ok(ResolvedEndpoint::new(url))
}

/// The endpoint of DynamoDB local.
fn local(use_fips: bool, use_dual_stack: bool) -> Result<ResolvedEndpoint, EndpointError> {
    if use_fips {
        return Err(EndpointError::FipsLocal);
    }
    if use_dual_stack {
        return Err(EndpointError::DualStackLocal);
    }
    let url = EndpointUrl::parse(LOCAL_URL).map_err(EndpointError::InvalidUrl)?;
    Ok(ResolvedEndpoint::signed_as(url, LOCAL_SIGNING))
}

/// What stands before and after the region in the host of an endpoint.
#[derive(Debug, PartialEq, Eq)]
struct HostParts {
    service: &'static str,
    dns_suffix: &'static str,
}

impl HostParts {
    fn of(partition: &Partition, use_fips: bool, use_dual_stack: bool) -> Result<Self, EndpointError> {
        let name = partition.name;
        let lacks_fips = use_fips && !partition.supports_fips;
        let lacks_dual_stack = use_dual_stack && !partition.supports_dual_stack;
        if lacks_fips || (use_fips && lacks_dual_stack) {
            return Err(EndpointError::FipsUnsupported { partition: name });
        }
        if lacks_dual_stack {
            return Err(EndpointError::DualStackUnsupported { partition: name });
        }
        let service = match (use_fips, use_dual_stack) {
            // All of DynamoDB's endpoints there are FIPS ones, but those of dual-stack have the name as well.
            (true, false) if name == "aws-us-gov" => "dynamodb",
            (true, _) => "dynamodb-fips",
            (false, _) => "dynamodb",
        };
        let dns_suffix = if use_dual_stack { partition.dual_stack_dns_suffix } else { partition.dns_suffix };
        Ok(Self { service, dns_suffix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod host_parts {
        use super::*;

        /// No partition lacks anything today; the rules provide for it.
        fn partition(supports_fips: bool, supports_dual_stack: bool) -> Partition {
            let mut partition = Partition::AWS;
            partition.supports_fips = supports_fips;
            partition.supports_dual_stack = supports_dual_stack;
            partition
        }

        #[test]
        fn are_refused_where_the_partition_lacks_fips() {
            let refused = Err(EndpointError::FipsUnsupported { partition: "aws" });

            assert_eq!(HostParts::of(&partition(false, true), true, false), refused);
            assert_eq!(HostParts::of(&partition(false, true), true, true), refused);
            assert_eq!(HostParts::of(&partition(true, false), true, true), refused);
            assert!(HostParts::of(&partition(false, true), false, true).is_ok());
        }

        #[test]
        fn are_refused_where_the_partition_lacks_dual_stack() {
            let refused = Err(EndpointError::DualStackUnsupported { partition: "aws" });

            assert_eq!(HostParts::of(&partition(true, false), false, true), refused);
            assert!(HostParts::of(&partition(true, false), true, false).is_ok());
        }
    }
}
