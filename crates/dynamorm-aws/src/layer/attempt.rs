use std::sync::atomic::Ordering;

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
                BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
            },
            dyn_dispatch_hint,
        },
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Storable, StoreReplace},
};
use http_body_util::Limited;

use super::request::Sent;
use crate::{
    cause,
    clock_skew::{ClockSkew, Skew},
};

/// The largest answer is that of [BatchGetItem](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html),
/// 16 MB of items. As JSON they are longer, bytes by a third and controls in text sixfold.
const MAX_ANSWER_BYTES: usize = 100 << 20;

/// The skew that an attempt is signed with, where there is one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Assumed(pub(super) Skew);

impl Storable for Assumed {
    type Storer = StoreReplace<Self>;
}

/// What happens around each attempt: it is signed by one skew from begin to end, counted, and its answer is bounded.
#[derive(Debug)]
pub(super) struct EachAttempt {
    pub(super) clock_skew: ClockSkew,
}

#[dyn_dispatch_hint]
impl Intercept for EachAttempt {
    fn name(&self) -> &'static str {
        "dynamorm::EachAttempt"
    }

    fn modify_before_signing(
        &self,
        _: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let skew = self.clock_skew.current();
        if skew != Skew::default() || state.load::<Assumed>().is_some() {
            state.interceptor_state().store_put(Assumed(skew));
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(sent) = state.load::<Sent>() {
            sent.0.fetch_add(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        attempt: &FinalizerInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        state: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        // The HTTP client alone knows, and afterwards, that it found nobody to send to.
        if let Some(Err(error)) = attempt.output_or_error()
            && error.as_connector_error().is_some_and(|error| cause::is_never_connected(error))
            && let Some(sent) = state.load::<Sent>()
        {
            sent.0.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        answer: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = answer.response_mut();
        let length = response.headers().get("content-length").map(str::parse::<usize>);
        let limit = match length {
            // The HTTP client holds a server to the length that it announces.
            Some(Ok(length)) if length <= MAX_ANSWER_BYTES => return Ok(()),
            // Nothing of it is worth reading.
            Some(Ok(_)) => 0,
            _ => MAX_ANSWER_BYTES,
        };
        let body = std::mem::replace(response.body_mut(), SdkBody::taken());
        *response.body_mut() = SdkBody::from_body_1_x(Limited::new(body, limit));
        Ok(())
    }
}
