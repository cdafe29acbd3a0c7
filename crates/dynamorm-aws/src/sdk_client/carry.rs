use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeSerializationInterceptorContextMut, BeforeTransmitInterceptorContextRef,
                Error as Erased, FinalizerInterceptorContextRef, Input, InterceptorContext, Output,
            },
            dyn_dispatch_hint,
        },
        orchestrator::{HttpRequest, HttpResponse, OrchestratorError},
        retries::classifiers::{ClassifyRetry, RetryAction, RetryClassifierPriority},
        runtime_components::RuntimeComponents,
        ser_de::{
            DeserializeResponse, SerializeRequest, SharedRequestSerializer, SharedResponseDeserializer,
        },
    },
};
use aws_smithy_types::{config_bag::ConfigBag, error::ErrorMetadata};
use bytes::Bytes;
use dynamorm_core::transport::{Operation, Repeat, Request};

use crate::{
    cause,
    failure::Refusal,
    layer::{request::post, response::read},
};

/// One request, and what came of it so far.
pub(super) struct Exchange {
    operation: Operation,
    table: Arc<str>,
    body: Bytes,
    repeat: Repeat,
    sent: AtomicU32,
    answer: Mutex<Option<Answer>>,
}

/// The last answer that came in whole.
#[derive(Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Bytes,
    code: Option<String>,
}

impl Answer {
    pub(super) fn into_refusal(self) -> Refusal {
        Refusal { status: self.status, body: self.body, code: self.code }
    }
}

impl Exchange {
    pub(super) fn new(request: Request) -> Self {
        Self {
            operation: request.operation,
            table: request.table,
            body: request.body,
            repeat: request.repeat,
            sent: AtomicU32::new(0),
            answer: Mutex::default(),
        }
    }

    pub(super) fn operation(&self) -> Operation {
        self.operation
    }

    pub(super) fn table(&self) -> String {
        self.table.to_string()
    }

    pub(super) fn attempts(&self) -> u32 {
        self.sent.load(Ordering::Relaxed)
    }

    pub(super) fn answer(&self) -> Option<Answer> {
        self.answer.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, answer: Option<Answer>) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("operation", &self.operation).finish_non_exhaustive()
    }
}

/// Puts the bytes of an exchange in the place of what the client would write and read.
///
/// The client insists on its own types of output and error: it gets an empty one, and the bytes stay in the exchange.
pub(super) struct Carry<O, E> {
    exchange: Arc<Exchange>,
    output: fn() -> O,
    error: fn(ErrorMetadata) -> E,
}

impl<O, E> Carry<O, E> {
    pub(super) fn new(exchange: &Arc<Exchange>, output: fn() -> O, error: fn(ErrorMetadata) -> E) -> Self {
        Self { exchange: Arc::clone(exchange), output, error }
    }
}

impl<O, E> Clone for Carry<O, E> {
    fn clone(&self) -> Self {
        Self { exchange: Arc::clone(&self.exchange), output: self.output, error: self.error }
    }
}

impl<O, E> fmt::Debug for Carry<O, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Carry").field(&self.exchange).finish()
    }
}

#[dyn_dispatch_hint]
impl<O, E> Intercept for Carry<O, E>
where
    O: fmt::Debug + Send + Sync + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    fn name(&self) -> &'static str {
        "dynamorm::Carry"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let state = state.interceptor_state();
        state.store_put(SharedRequestSerializer::new(self.clone()));
        state.store_put(SharedResponseDeserializer::new(self.clone()));
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // What an earlier attempt was answered says nothing of this one.
        self.exchange.keep(None);
        self.exchange.sent.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    fn read_after_attempt(
        &self,
        attempt: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Err(error)) = attempt.output_or_error()
            && error.as_connector_error().is_some_and(|error| cause::is_never_connected(error))
        {
            self.exchange.sent.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl<O, E> SerializeRequest for Carry<O, E> {
    fn serialize_input(&self, _: Input, _: &mut ConfigBag) -> Result<HttpRequest, BoxError> {
        post(self.exchange.operation, self.exchange.body.clone())
    }
}

impl<O, E> DeserializeResponse for Carry<O, E>
where
    O: fmt::Debug + Send + Sync + 'static,
    E: std::error::Error + Send + Sync + 'static,
{
    fn deserialize_nonstreaming_with_config(
        &self,
        response: &HttpResponse,
        _: &ConfigBag,
    ) -> Result<Output, OrchestratorError<Erased>> {
        let (body, code) = read(response)?;
        let status = response.status();
        self.exchange.keep(Some(Answer { status: status.as_u16(), body, code: code.clone() }));
        if status.is_success() {
            return Ok(Output::erase((self.output)()));
        }
        let mut metadata = ErrorMetadata::builder();
        if let Some(code) = code {
            metadata = metadata.code(code);
        }
        Err(OrchestratorError::operation(Erased::erase((self.error)(metadata.build()))))
    }
}

/// Forbids to repeat a request that would change an item a second time, unless the failure proves that it never ran.
///
/// The client's strategy cannot be wrapped as that of the project's own layer is; a classifier that comes last says the
/// same.
#[derive(Debug)]
pub(super) struct OnlyWhatWasNotRun(Arc<Exchange>);

impl OnlyWhatWasNotRun {
    pub(super) fn of(exchange: &Arc<Exchange>) -> Self {
        Self(Arc::clone(exchange))
    }

    fn was_not_run(&self, error: &OrchestratorError<Erased>) -> bool {
        if let Some(answer) = self.0.answer() {
            return (400..500).contains(&answer.status) && answer.code.is_some();
        }
        self.0.attempts() == 0
            || error.as_connector_error().is_some_and(|error| cause::is_never_connected(error))
    }
}

impl ClassifyRetry for OnlyWhatWasNotRun {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        match context.output_or_error() {
            Some(Err(error)) if self.0.repeat == Repeat::Unsafe && !self.was_not_run(error) => {
                RetryAction::RetryForbidden
            }
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "dynamorm::OnlyWhatWasNotRun"
    }

    fn priority(&self) -> RetryClassifierPriority {
        // Two steps behind AWS's last one, that of the clock.
        let after = RetryClassifierPriority::run_after;
        after(after(RetryClassifierPriority::http_status_code_classifier()))
    }
}
