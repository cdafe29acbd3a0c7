use std::{error::Error as StdError, fmt};

use super::endpoint_url::InvalidEndpointUrl;
use crate::quoted::Quoted;

/// Why a configuration leads to no endpoint. Sending again does not help; the configuration has to change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum EndpointError {
    /// Neither a region nor an endpoint is known.
    MissingRegion,
    /// The region cannot be a part of a host name.
    InvalidRegion {
        /// As it was configured.
        region: String,
    },
    /// The configured endpoint is no URL that a request can be sent to.
    InvalidUrl(InvalidEndpointUrl),
    /// A configured endpoint cannot be made a FIPS one.
    FipsWithEndpoint,
    /// A configured endpoint cannot be made a dual-stack one.
    DualStackWithEndpoint,
    /// The configured endpoint is AWS's own of dual-stack, which is asked for by the setting instead.
    DualStackEndpointWithoutSetting {
        /// The host of the endpoint.
        host: String,
    },
    /// DynamoDB local has no FIPS endpoint.
    FipsLocal,
    /// DynamoDB local has no dual-stack endpoint.
    DualStackLocal,
    /// The partition has no FIPS endpoints, or none with dual-stack where that was asked for too.
    FipsUnsupported {
        /// The name of the partition.
        partition: &'static str,
    },
    /// The partition has no dual-stack endpoints.
    DualStackUnsupported {
        /// The name of the partition.
        partition: &'static str,
    },
    /// Endpoints of an account are required, and there are none with FIPS.
    AccountIdRequiredWithFips,
    /// Endpoints of an account are required, and the region has none.
    AccountIdUnsupported {
        /// The region.
        region: String,
    },
    /// Endpoints of an account are required, and the account is not known.
    AccountIdRequired,
    /// The account id of the credentials cannot be a part of a host name.
    InvalidAccountId,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingRegion => f.write_str(
                "no region is configured; set one in code, as `AWS_REGION`, or as `region` of the profile",
            ),
            Self::InvalidRegion { region } => write!(
                f,
                "region {} cannot be a part of a host name; name one such as `eu-west-1`",
                Quoted(region)
            ),
            Self::InvalidUrl(invalid) => write!(f, "endpoint: {invalid}"),
            Self::FipsWithEndpoint => f.write_str(
                "FIPS is on and an endpoint is configured; turn `use_fips_endpoint` off, or take the endpoint away",
            ),
            Self::DualStackWithEndpoint => f.write_str(
                "dual-stack is on and an endpoint is configured; turn `use_dualstack_endpoint` off, or take the \
                 endpoint away",
            ),
            Self::DualStackEndpointWithoutSetting { host } => write!(
                f,
                "endpoint `{host}` is the dual-stack one of the region; take it away and set \
                 `use_dualstack_endpoint`"
            ),
            Self::FipsLocal => f.write_str(
                "FIPS is on and the region is `local`, which has no such endpoint; turn `use_fips_endpoint` off",
            ),
            Self::DualStackLocal => f.write_str(
                "dual-stack is on and the region is `local`, which has no such endpoint; turn \
                 `use_dualstack_endpoint` off",
            ),
            Self::FipsUnsupported { partition } => write!(
                f,
                "partition `{partition}` has no such FIPS endpoint; turn `use_fips_endpoint` or \
                 `use_dualstack_endpoint` off"
            ),
            Self::DualStackUnsupported { partition } => write!(
                f,
                "partition `{partition}` has no dual-stack endpoint; turn `use_dualstack_endpoint` off"
            ),
            Self::AccountIdRequiredWithFips => f.write_str(
                "FIPS is on and `account_id_endpoint_mode` is `required`; no endpoint is both, set the mode to \
                 `preferred`",
            ),
            Self::AccountIdUnsupported { region } => write!(
                f,
                "region {} has no endpoints of an account; set `account_id_endpoint_mode` to `preferred`",
                Quoted(region)
            ),
            Self::AccountIdRequired => f.write_str(
                "`account_id_endpoint_mode` is `required` and the account is not known; take credentials that say \
                 their account, name the table by its ARN, or set the mode to `preferred`",
            ),
            // The id is not shown: whatever stands in its place by mistake came with the credentials.
            Self::InvalidAccountId => f.write_str(
                "the account id of the credentials cannot be a part of a host name; it has 12 digits, correct it or \
                 set `account_id_endpoint_mode` to `disabled`",
            ),
        }
    }
}

impl StdError for EndpointError {}
