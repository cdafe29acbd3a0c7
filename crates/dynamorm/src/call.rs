use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use dynamorm_core::{
    Error, ErrorKind, FailedAction,
    codec::DecodeError,
    transport::{Operation, Repeat, Request, TransportError, TransportErrorKind},
    wire::{Answer, cancellation_reasons, is_token_mismatch, stored_item},
};
use tracing::{Instrument, Span, field::Empty, info_span};

use crate::{Db, Explanation, ObservedRequest};

/// One request, ready to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) table: Arc<str>,
    pub(crate) index: Option<&'static str>,
    pub(crate) body: Bytes,
    pub(crate) repeat: Repeat,
}

impl Call {
    pub(crate) fn new(operation: Operation, table: Arc<str>, body: Vec<u8>) -> Self {
        Self { operation, table, index: None, body: body.into(), repeat: Repeat::Safe }
    }

    pub(crate) fn on_index(mut self, index: Option<&'static str>) -> Self {
        self.index = index;
        self
    }

    pub(crate) fn explain(&self) -> Explanation {
        Explanation::new(self.operation, Arc::clone(&self.table), self.index, self.body.clone())
    }
}

/// The one table of what a request is for; an empty name if there are several.
pub(crate) fn one_table<'a>(mut tables: impl Iterator<Item = &'a Arc<str>>) -> Arc<str> {
    match tables.next() {
        Some(first) if tables.all(|table| table == first) => Arc::clone(first),
        _ => "".into(),
    }
}

impl Db {
    /// Sends `call` and reads its answer: the one way to the engine.
    ///
    /// The span has the names of OpenTelemetry's semantic conventions for DynamoDB. It holds no value of any item.
    pub(crate) async fn send<T>(
        &self,
        call: Call,
        read: impl FnOnce(&[u8]) -> Result<Answer<T>, DecodeError>,
    ) -> Result<Answer<T>, Error> {
        // A request on several tables names none.
        let has_table = !call.table.is_empty();
        let span = info_span!(
            "dynamodb",
            otel.name = %format_args!("{}{}{}", call.operation, if has_table { " " } else { "" }, call.table),
            otel.kind = "client",
            otel.status_code = Empty,
            db.system.name = "aws.dynamodb",
            db.operation.name = call.operation.name(),
            db.collection.name = has_table.then_some(&*call.table),
            aws.dynamodb.index_name = call.index,
            aws.dynamodb.consumed_capacity = Empty,
            aws.request.attempts = Empty,
            error.r#type = Empty,
        );
        let (operation, table, index) = (call.operation, Arc::clone(&call.table), call.index);
        let begun = (!self.observers().is_empty()).then(Instant::now);
        async {
            let request = Request {
                operation: call.operation,
                table: call.table,
                index: call.index,
                body: call.body,
                repeat: call.repeat,
            };
            let span = Span::current();
            let result = match self.transport().send(request).await {
                Ok(response) => {
                    span.record("aws.request.attempts", response.attempts);
                    read(&response.body)
                        .map(|answer| Answer { attempts: response.attempts, ..answer })
                        .map_err(|error| unreadable(operation, error))
                }
                Err(error) => {
                    span.record("aws.request.attempts", error.attempts);
                    Err(from_transport(error))
                }
            };
            match &result {
                Ok(answer) => {
                    if let Some(units) = answer.consumed_capacity {
                        span.record("aws.dynamodb.consumed_capacity", units);
                    }
                }
                Err(error) => {
                    span.record("otel.status_code", "ERROR");
                    span.record("error.type", error.kind().name());
                }
            }
            if let Some(begun) = begun {
                let observed = ObservedRequest {
                    operation,
                    table: &table,
                    index,
                    duration: begun.elapsed(),
                    attempts: result.as_ref().map_or_else(Error::attempts, |answer| answer.attempts),
                    consumed_capacity: result.as_ref().ok().and_then(|answer| answer.consumed_capacity),
                    error: result.as_ref().err().map(Error::kind),
                };
                self.observers().iter().for_each(|observer| observer.observe(&observed));
            }
            result.map_err(|error| error.during(operation, &table))
        }
        .instrument(span)
        .await
    }

    /// Sends `call`, whose answer says nothing but that it was done.
    pub(crate) async fn send_silently(&self, call: Call) -> Result<(), Error> {
        self.send(call, |_| Ok(Answer::new((), None))).await?;
        Ok(())
    }
}

fn from_transport(error: TransportError) -> Error {
    let (kind, body) = (error.kind, error.body.clone());
    let error = Error::from(error);
    match kind {
        TransportErrorKind::ConditionFailed => error.with_stored(stored_item(&body)),
        TransportErrorKind::TransactionCanceled => cancelled(error, &body),
        TransportErrorKind::Validation if is_token_mismatch(&body) => {
            let message =
                "the token stands for another transaction: one with other actions was sent with it before";
            error.recast(ErrorKind::Validation, message)
        }
        _ => error,
    }
}

/// The error of a cancelled transaction, with the actions that stopped it by their numbers.
fn cancelled(error: Error, body: &Bytes) -> Error {
    let reasons = cancellation_reasons(body).unwrap_or_default();
    let failed: Vec<_> = reasons
        .into_iter()
        .enumerate()
        .filter_map(|(position, reason)| Some((position, reason?.into_error())))
        .map(|(position, error)| FailedAction::new(position, (position + 1).to_string(), error))
        .collect();
    if failed.is_empty() {
        return error.recast(ErrorKind::Decode, "the engine cancelled the transaction and does not say why");
    }
    error.with_failed_actions(failed)
}

/// The error of an answer that cannot be read; a write was done all the same.
fn unreadable(operation: Operation, error: DecodeError) -> Error {
    let is_write = matches!(
        operation,
        Operation::PutItem | Operation::UpdateItem | Operation::DeleteItem | Operation::TransactWriteItems
    );
    let message = format!("the write was done, but its answer cannot be read: {error}");
    let error = Error::from(error);
    if is_write { error.recast(ErrorKind::Decode, message) } else { error }
}
