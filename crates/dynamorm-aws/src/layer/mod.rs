//! What AWS's orchestrator is driven with: one flat layer, made once for a client.
//!
//! AWS's generated clients merge a dozen plugins for each request. Here the same parts lie in one layer of
//! configuration and one set of components: the credential chain's identity and its cache, the retry strategy with its
//! token bucket, the time-outs, the poisoning of broken connections. The serializer and the deserializer carry bytes.

mod attempt;
mod endpoint;
pub(crate) mod request;
pub(crate) mod response;
mod retry;
mod signing;

use std::sync::Arc;

use aws_runtime::{
    auth::sigv4, invocation_id::InvocationIdInterceptor, recursion_detection::RecursionDetectionInterceptor,
    request_info::RequestInfoInterceptor,
};
use aws_smithy_runtime::client::{
    http::connection_poisoning::ConnectionPoisoningInterceptor,
    orchestrator::AuthSchemeAndEndpointOrchestrationV2,
    retries::{RetryPartition, TokenBucket, strategy::StandardRetryStrategy},
};
use aws_smithy_runtime_api::client::{
    auth::{
        AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
        static_resolver::StaticAuthSchemeOptionResolver,
    },
    endpoint::SharedEndpointResolver,
    identity::SharedIdentityResolver,
    interceptors::SharedInterceptor,
    orchestrator::SensitiveOutput,
    retries::SharedRetryStrategy,
    runtime_components::RuntimeComponentsBuilder,
    runtime_plugin::{RuntimePlugins, StaticRuntimePlugin},
    ser_de::{SharedRequestSerializer, SharedResponseDeserializer},
    stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::config_bag::{FrozenLayer, Layer as ConfigLayer};
use dynamorm_core::transport::Repeat;

use crate::{settings::Settings, signature::Signer};

const NAME: &str = "dynamorm";

/// The layer, once for each answer to the question whether a request may be sent again.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    repeatable: RuntimePlugins,
    unrepeatable: RuntimePlugins,
}

impl Layer {
    pub(crate) fn new(settings: Settings) -> Self {
        let strategy = SharedRetryStrategy::new(StandardRetryStrategy::new());
        let once = SharedRetryStrategy::new(retry::OnlyWhatWasNotRun(strategy.clone()));
        let components = components(&settings);
        let config = config(settings);
        let plugins = |strategy| {
            let components = components.clone().with_retry_strategy(Some(strategy));
            let plugin =
                StaticRuntimePlugin::new().with_config(config.clone()).with_runtime_components(components);
            RuntimePlugins::new().with_client_plugin(plugin)
        };
        Self { repeatable: plugins(strategy), unrepeatable: plugins(once) }
    }

    pub(crate) fn plugins(&self, repeat: Repeat) -> &RuntimePlugins {
        match repeat {
            Repeat::Safe => &self.repeatable,
            Repeat::Unsafe => &self.unrepeatable,
        }
    }
}

fn config(settings: Settings) -> FrozenLayer {
    let mut layer = ConfigLayer::new(NAME);
    layer.store_put(AuthSchemeAndEndpointOrchestrationV2);
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SharedRequestSerializer::new(request::Serializer { user_agent: settings.user_agent }));
    layer.store_put(SharedResponseDeserializer::new(response::Deserializer {
        clock_skew: settings.clock_skew,
        time: settings.time,
    }));
    // Answers hold items, which AWS's runtime would write into its most talkative logs.
    layer.store_put(SensitiveOutput);
    layer.store_put(settings.retry);
    // In a partition of its own: what DynamoDB refuses must not use up the retries of other services.
    layer.store_put(RetryPartition::custom(NAME).build());
    layer.store_put(TokenBucket::default());
    layer.store_put(settings.timeout);
    // The time-out of an attempt bounds its body as well.
    layer.store_put(StalledStreamProtectionConfig::disabled());
    layer.freeze()
}

fn components(settings: &Settings) -> RuntimeComponentsBuilder {
    let mut components = RuntimeComponentsBuilder::new(NAME);
    components.set_http_client(Some(settings.http_client.clone()));
    components.set_sleep_impl(Some(settings.sleep.clone()));
    components.set_time_source(Some(settings.time.clone()));

    components.set_identity_cache(Some(settings.identity_cache.clone()));
    let credentials = SharedIdentityResolver::new(settings.credentials.clone());
    components.set_identity_resolver(sigv4::SCHEME_ID, credentials);
    let options = StaticAuthSchemeOptionResolver::new(vec![sigv4::SCHEME_ID]);
    components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(options)));
    components.push_auth_scheme(SharedAuthScheme::new(signing::Signing {
        signer: Signer::default(),
        region: settings.signing_region.clone(),
        service: "dynamodb",
        time: settings.time.clone(),
    }));
    let endpoint = endpoint::Resolver(Arc::clone(&settings.endpoint));
    components.set_endpoint_resolver(Some(SharedEndpointResolver::new(endpoint)));

    for classifier in retry::classifiers() {
        components.push_retry_classifier(classifier);
    }
    let clock_skew = settings.clock_skew.clone();
    components.push_interceptor(SharedInterceptor::permanent(attempt::EachAttempt { clock_skew }));
    components.push_interceptor(SharedInterceptor::permanent(ConnectionPoisoningInterceptor::new()));
    components.push_interceptor(SharedInterceptor::permanent(InvocationIdInterceptor::new()));
    components.push_interceptor(SharedInterceptor::permanent(RequestInfoInterceptor::new()));
    components.push_interceptor(SharedInterceptor::permanent(RecursionDetectionInterceptor::new()));
    components
}
