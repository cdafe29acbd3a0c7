//! What a client's configuration says, with DynamoDB's own defaults.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::user_agent::{ApiMetadata, AwsUserAgent};
use aws_smithy_async::{
    rt::sleep::{SharedAsyncSleep, TokioSleep},
    time::{SharedTimeSource, SystemTimeSource},
};
use aws_smithy_runtime::client::identity::IdentityCache;
use aws_smithy_runtime_api::client::{http::SharedHttpClient, identity::SharedIdentityCache};
use aws_smithy_types::{
    retry::RetryConfig,
    timeout::{TimeoutConfig, TimeoutConfigBuilder},
};
use aws_types::{
    os_shim_internal::Env, sdk_ua_metadata::FrameworkMetadata, service_config::ServiceConfigKey,
};

use crate::{
    clock_skew::ClockSkew,
    endpoint::{EndpointError, EndpointRules, EndpointSettings},
    error::{Error, ErrorKind},
    http_client,
};

/// DynamoDB answers within milliseconds, and
/// [asks its clients](https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html) to retry as fast:
/// four attempts, with pauses of up to 25, 50 and 100 ms.
const MAX_ATTEMPTS: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(25);

/// What AWS's own clients allow for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_millis(3100);

/// How long an attempt may take as a whole, its body and a new connection included. It is far beyond what DynamoDB
/// takes for a full page or transaction; without it a server that stops half-way would be waited for without end.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);

/// A configuration as the layer needs it.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// The region that requests are signed for.
    pub(crate) signing_region: String,
    pub(crate) endpoint: Arc<EndpointRules>,
    pub(crate) credentials: SharedCredentialsProvider,
    pub(crate) identity_cache: SharedIdentityCache,
    pub(crate) http_client: SharedHttpClient,
    pub(crate) retry: RetryConfig,
    pub(crate) timeout: TimeoutConfig,
    pub(crate) sleep: SharedAsyncSleep,
    pub(crate) time: SharedTimeSource,
    pub(crate) clock_skew: ClockSkew,
    pub(crate) user_agent: String,
}

impl Settings {
    pub(crate) fn read(config: &SdkConfig) -> Result<Self, Error> {
        let region = config.region().map(|region| region.as_ref().to_owned());
        let endpoint = EndpointRules::new(EndpointSettings {
            region: region.clone(),
            use_fips: config.use_fips().unwrap_or_default(),
            use_dual_stack: config.use_dual_stack().unwrap_or_default(),
            endpoint_url: endpoint_url(config),
            account_id_endpoint_mode: config.account_id_endpoint_mode().cloned().unwrap_or_default(),
        })
        .map_err(unusable)?;
        let signing = endpoint.resolve(None, None).ok().and_then(|endpoint| endpoint.signing());
        let signing_region = match signing {
            Some(signing) => signing.region.to_owned(),
            // With an endpoint in its place a region is not needed to find one, but still to sign.
            None => region.ok_or_else(|| unusable(EndpointError::MissingRegion))?,
        };
        let credentials = config.credentials_provider().ok_or_else(|| {
            Error::new(
                ErrorKind::Credentials,
                "the configuration has no provider of credentials; load it with `aws_config` or give it one",
            )
        })?;
        Ok(Self {
            signing_region,
            endpoint: Arc::new(endpoint),
            credentials,
            identity_cache: config.identity_cache().unwrap_or_else(|| IdentityCache::lazy().build()),
            http_client: config.http_client().unwrap_or_else(http_client::http_client),
            retry: retry(config),
            timeout: timeout(config),
            sleep: config.sleep_impl().unwrap_or_else(|| SharedAsyncSleep::new(TokioSleep::new())),
            time: config.time_source().unwrap_or_else(|| SharedTimeSource::new(SystemTimeSource::new())),
            clock_skew: match config.disable_clock_skew_correction() {
                Some(true) => ClockSkew::disabled(),
                _ => ClockSkew::default(),
            },
            user_agent: user_agent(config),
        })
    }
}

fn unusable(error: EndpointError) -> Error {
    Error::new(ErrorKind::Endpoint, error.to_string()).with_source(error)
}

/// An endpoint in place of the region's, by AWS's order: the program's, then DynamoDB's own setting
/// (`AWS_ENDPOINT_URL_DYNAMODB` or the profile), then the one for all services.
fn endpoint_url(config: &SdkConfig) -> Option<String> {
    let for_all = || config.endpoint_url().map(str::to_owned);
    if config.get_origin("endpoint_url").is_client_config() {
        return for_all();
    }
    let key = ServiceConfigKey::builder()
        .service_id("DynamoDB")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build()
        .ok();
    let own = key.and_then(|key| config.service_config()?.load_config(key));
    own.or_else(for_all)
}

/// The retries that were asked for, with DynamoDB's rhythm where AWS's general default stands.
///
/// Who asks in code, through AWS's loader, gets what was asked for. A configuration does not tell the general default
/// from the same number in the environment, a profile or a builder: three attempts from there count as the default.
fn retry(config: &SdkConfig) -> RetryConfig {
    let general = RetryConfig::standard();
    let asked = config.retry_config().cloned().unwrap_or_else(|| general.clone());
    let is_chosen = config.get_origin("retry_config").is_client_config();
    // Built anew: a configuration may carry a newer generation of AWS's general rhythm, which would take the place of
    // DynamoDB's, and would keep broken connections.
    let mut retry = RetryConfig::standard()
        .with_retry_mode(asked.mode())
        .with_reconnect_mode(asked.reconnect_mode())
        .with_max_attempts(asked.max_attempts())
        .with_initial_backoff(asked.initial_backoff())
        .with_max_backoff(asked.max_backoff());
    if asked.initial_backoff() == general.initial_backoff() && !is_chosen {
        retry = retry.with_initial_backoff(FIRST_PAUSE);
    }
    if asked.max_attempts() == general.max_attempts() && !is_chosen {
        retry = retry.with_max_attempts(MAX_ATTEMPTS);
    }
    retry
}

fn timeout(config: &SdkConfig) -> TimeoutConfig {
    let asked = config.timeout_config().map_or_else(TimeoutConfigBuilder::new, TimeoutConfig::to_builder);
    let defaults =
        TimeoutConfig::builder().connect_timeout(CONNECT_TIMEOUT).operation_attempt_timeout(ATTEMPT_TIMEOUT);
    asked.take_unset_from(defaults).build()
}

/// What AWS's clients say of themselves, computed once, with this library as the framework.
fn user_agent(config: &SdkConfig) -> String {
    let api = ApiMetadata::new("dynamodb", env!("CARGO_PKG_VERSION"));
    let mut agent = AwsUserAgent::new_from_environment(Env::real(), api);
    if let Ok(library) = FrameworkMetadata::new("dynamorm", Some(env!("CARGO_PKG_VERSION"))) {
        agent.add_framework_metadata(library);
    }
    for framework in config.framework_metadata() {
        agent.add_framework_metadata(framework.clone());
    }
    if let Some(name) = config.app_name() {
        agent.set_app_name(name.clone());
    }
    agent.aws_ua_header()
}
