use std::error::Error as StdError;

use aws_credential_types::provider::error::CredentialsError;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::context::{Error as Erased, InterceptorContext},
        orchestrator::OrchestratorError,
        retries::{
            RetryStrategy, SharedRetryStrategy, ShouldAttempt,
            classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority, SharedRetryClassifier},
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::ConfigBag;
use http_body_util::LengthLimitError;

use super::response::Refused;
use crate::cause;

/// What decides whether a failed attempt is worth another: AWS's rules, and those that AWS's own clients lack or have
/// with a signer of theirs.
pub(super) fn classifiers() -> [SharedRetryClassifier; 6] {
    [
        SharedRetryClassifier::new(TransientErrorClassifier::<Refused>::new()),
        SharedRetryClassifier::new(HttpStatusCodeClassifier::default()),
        SharedRetryClassifier::new(AwsErrorCodeClassifier::<Refused>::new()),
        SharedRetryClassifier::new(CorrectedClock),
        SharedRetryClassifier::new(LateCredentials),
        SharedRetryClassifier::new(TooLong),
    ]
}

fn failure(context: &InterceptorContext) -> Option<&OrchestratorError<Erased>> {
    context.output_or_error()?.err()
}

fn refused(error: &OrchestratorError<Erased>) -> Option<&Refused> {
    error.as_operation_error()?.downcast_ref()
}

fn after_aws_rules() -> RetryClassifierPriority {
    RetryClassifierPriority::run_after(RetryClassifierPriority::http_status_code_classifier())
}

/// A signature that was refused because of the clock may hold when it is made by the server's.
#[derive(Debug)]
struct CorrectedClock;

impl ClassifyRetry for CorrectedClock {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match failure(context).and_then(refused) {
            Some(refused) if refused.is_clock_corrected => RetryAction::server_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynamorm::CorrectedClock"
    }

    fn priority(&self) -> RetryClassifierPriority {
        after_aws_rules()
    }
}

/// A provider of credentials that fails may recover. AWS's rules know failures of the service alone.
#[derive(Debug)]
struct LateCredentials;

impl ClassifyRetry for LateCredentials {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error = failure(context).and_then(StdError::source).and_then(cause::find::<CredentialsError>);
        match error {
            Some(CredentialsError::ProviderTimedOut(_) | CredentialsError::ProviderError(_)) => {
                RetryAction::server_error()
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynamorm::LateCredentials"
    }

    fn priority(&self) -> RetryClassifierPriority {
        after_aws_rules()
    }
}

/// An answer that is too long does not get shorter.
#[derive(Debug)]
struct TooLong;

impl ClassifyRetry for TooLong {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match failure(context).and_then(StdError::source).and_then(cause::find::<LengthLimitError>) {
            Some(_) => RetryAction::RetryForbidden,
            None => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynamorm::TooLong"
    }

    fn priority(&self) -> RetryClassifierPriority {
        after_aws_rules()
    }
}

/// AWS's strategy for a request that would change an item a second time: it is repeated only if the failure proves
/// that it never ran.
#[derive(Debug)]
pub(super) struct OnlyWhatWasNotRun(pub(super) SharedRetryStrategy);

impl RetryStrategy for OnlyWhatWasNotRun {
    fn should_attempt_initial_request(
        &self,
        components: &RuntimeComponents,
        state: &ConfigBag,
    ) -> Result<ShouldAttempt, BoxError> {
        self.0.should_attempt_initial_request(components, state)
    }

    fn should_attempt_retry(
        &self,
        context: &InterceptorContext,
        components: &RuntimeComponents,
        state: &ConfigBag,
    ) -> Result<ShouldAttempt, BoxError> {
        match failure(context) {
            Some(error) if !was_not_run(error) => Ok(ShouldAttempt::No),
            _ => self.0.should_attempt_retry(context, components, state),
        }
    }
}

/// Whether DynamoDB said that it refused the request, or no byte of it can have left this machine.
///
/// A status of 500 and above is an unknown outcome.
fn was_not_run(error: &OrchestratorError<Erased>) -> bool {
    if let Some(refused) = refused(error) {
        return (400..500).contains(&refused.status) && refused.names_an_error();
    }
    if let Some(error) = error.as_connector_error() {
        return cause::is_never_connected(error);
    }
    // No credentials, no endpoint, no signature: these stand before the sending, and are neither of the others.
    !error.is_response_error() && !error.is_timeout_error() && !error.is_interceptor_error()
}
