//! Requests through a client of AWS's SDK that a program has already.

mod carry;

use std::{fmt, sync::Arc};

use aws_sdk_dynamodb::{Client, config::Config, error::SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use dynamorm_core::transport::{
    BoxFuture, Capabilities, Operation, Request, Response, Transport, TransportError, TransportErrorKind,
};

use self::carry::{Carry, Exchange, OnlyWhatWasNotRun};
use crate::{dynamodb::AMAZON, failure};

/// The transport through an existing `aws_sdk_dynamodb::Client`: its configuration, interceptors, retries and signer.
///
/// Only what is written into a request and read from an answer is this crate's. That costs more than
/// [`DynamoDb`](crate::DynamoDb), which is to be preferred where a configuration is at hand; it is for programs that
/// have a client with interceptors or plugins of their own. Operations that such a client does not have are refused.
#[derive(Clone)]
pub struct SdkClient {
    client: Client,
    capabilities: Capabilities,
}

impl SdkClient {
    /// The tables that `client` leads to. Sends nothing.
    pub fn new(client: Client) -> Self {
        Self { client, capabilities: AMAZON }
    }

    /// Says what the engine at the other end lacks of DynamoDB, such as an Alternator.
    #[must_use]
    pub fn with_capabilities(mut self, capabilities: Capabilities) -> Self {
        self.capabilities = capabilities;
        self
    }

    async fn exchange(&self, request: Request) -> Result<Response, TransportError> {
        let exchange = Arc::new(Exchange::new(request));
        let outcome = send(&self.client, &exchange).await;
        let attempts = exchange.attempts();
        match (outcome, exchange.answer()) {
            (Ok(()), Some(answer)) => Ok(Response { body: answer.body, attempts }),
            (Ok(()), None) => unreachable!("a success was deserialized"),
            (Err(error), answer) => Err(error.told(answer, attempts)),
        }
    }
}

/// A failed call, whatever its operation's error type.
struct Failed(Box<dyn FnOnce(Option<carry::Answer>, u32) -> TransportError + Send>);

impl Failed {
    fn new<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        Self(Box::new(move |answer, attempts| {
            let refused = answer.map(carry::Answer::into_refusal);
            failure::told(error, refused, attempts)
        }))
    }

    fn told(self, answer: Option<carry::Answer>, attempts: u32) -> TransportError {
        (self.0)(answer, attempts)
    }
}

/// Sends a request by the method of its operation, since the client has one for each. It looks for the endpoint of the
/// table, which it has to be told of besides.
macro_rules! send_by_method {
    ($($operation:ident $method:ident $($setter:ident)? => $output:ident $error:ident,)+) => {
        async fn send(client: &Client, exchange: &Arc<Exchange>) -> Result<(), Failed> {
            match exchange.operation() {
                $(Operation::$operation => {
                    use aws_sdk_dynamodb::operation::$method::{$error, $output};
                    let carry = Carry::new(exchange, || $output::builder().build(), $error::generic);
                    let once = Config::builder().retry_classifier(OnlyWhatWasNotRun::of(exchange));
                    let call = client.$method()$(.$setter(Some(exchange.table())))?.customize();
                    let call = call.config_override(once).interceptor(carry);
                    call.send().await.map(drop).map_err(Failed::new)
                })+
                operation => Err(Failed(Box::new(move |_, _| {
                    let message = format!("AWS's client of DynamoDB has no operation `{operation}`");
                    TransportError::new(TransportErrorKind::Unsupported, message)
                }))),
            }
        }
    };
}

send_by_method! {
    BatchGetItem batch_get_item => BatchGetItemOutput BatchGetItemError,
    BatchWriteItem batch_write_item => BatchWriteItemOutput BatchWriteItemError,
    CreateTable create_table set_table_name => CreateTableOutput CreateTableError,
    DeleteItem delete_item set_table_name => DeleteItemOutput DeleteItemError,
    DeleteTable delete_table set_table_name => DeleteTableOutput DeleteTableError,
    DescribeTable describe_table set_table_name => DescribeTableOutput DescribeTableError,
    DescribeTimeToLive describe_time_to_live set_table_name => DescribeTimeToLiveOutput DescribeTimeToLiveError,
    GetItem get_item set_table_name => GetItemOutput GetItemError,
    ListTables list_tables => ListTablesOutput ListTablesError,
    PutItem put_item set_table_name => PutItemOutput PutItemError,
    Query query set_table_name => QueryOutput QueryError,
    Scan scan set_table_name => ScanOutput ScanError,
    TransactGetItems transact_get_items => TransactGetItemsOutput TransactGetItemsError,
    TransactWriteItems transact_write_items => TransactWriteItemsOutput TransactWriteItemsError,
    UpdateItem update_item set_table_name => UpdateItemOutput UpdateItemError,
    UpdateTable update_table set_table_name => UpdateTableOutput UpdateTableError,
    UpdateTimeToLive update_time_to_live set_table_name => UpdateTimeToLiveOutput UpdateTimeToLiveError,
}

impl Transport for SdkClient {
    fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        Box::pin(self.exchange(request))
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }
}

impl fmt::Debug for SdkClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SdkClient").field("engine", &self.capabilities.engine).finish_non_exhaustive()
    }
}
