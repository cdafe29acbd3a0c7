use bytes::Bytes;
use dynamorm_core::{transport::Operation, wire::transact_write_items::OWN_TOKEN_PREFIX};
use dynoxide::{
    Database,
    actions::{
        describe_table::DescribeTableRequest,
        query::{QueryRequest, QueryResponse},
        scan::{ScanRequest, ScanResponse},
        transact_write_items::TransactWriteItemsRequest,
    },
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    common_get, descriptions::Descriptions, page_limits::PageLimits, refusal::Refusal, statement_page,
};

/// What becomes of the tokens that the library made up itself.
///
/// In the process an answer cannot be lost, so the engine drops such a token instead of keeping it for ten minutes,
/// where each token makes every later one slower. A caller's own token is kept, and so is every token of a request
/// that came through the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OwnTokens {
    /// They are dropped: the caller cannot lose the answer.
    Drop,
    /// They are kept: the caller may have to send the request again.
    Keep,
}

/// The engine and what is known of its tables.
pub(crate) struct Dispatcher {
    database: Database,
    descriptions: Descriptions,
    page_limits: PageLimits,
}

impl Dispatcher {
    pub(crate) fn new(database: Database) -> Self {
        Self { database, descriptions: Descriptions::default(), page_limits: PageLimits::default() }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// Runs one operation to its end on this thread, and answers its JSON.
    pub(crate) fn run(&self, operation: Operation, body: &[u8], own: OwnTokens) -> Result<Bytes, Refusal> {
        let database = &self.database;
        let call = Call { operation, body };
        match operation {
            Operation::BatchExecuteStatement => call.run(|request| database.batch_execute_statement(request)),
            Operation::BatchGetItem => call.run(|request| database.batch_get_item(request)),
            Operation::BatchWriteItem => call.run(|request| database.batch_write_item(request)),
            Operation::CreateTable => {
                self.descriptions.forget();
                call.run(|request| database.create_table(request))
            }
            Operation::DeleteItem => call.run(|request| database.delete_item(request)),
            Operation::DeleteTable => {
                self.descriptions.forget();
                call.run(|request| database.delete_table(request))
            }
            Operation::DescribeStream => call.run(|request| database.describe_stream(request)),
            Operation::DescribeTable => self.describe_table(&call),
            Operation::DescribeTimeToLive => call.run(|request| database.describe_time_to_live(request)),
            Operation::ExecuteStatement => call.run(|request| statement_page::read(database, request)),
            Operation::ExecuteTransaction => call.run(|request| database.execute_transaction(request)),
            Operation::GetItem => self.get_item(&call),
            Operation::GetRecords => call.run(|request| database.get_records(request)),
            Operation::GetShardIterator => call.run(|request| database.get_shard_iterator(request)),
            Operation::ListStreams => call.run(|request| database.list_streams(request)),
            Operation::ListTables => call.run(|request| database.list_tables(request)),
            Operation::ListTagsOfResource => call.run(|request| database.list_tags_of_resource(request)),
            Operation::PutItem => call.run(|request| database.put_item(request)),
            Operation::Query => call.run(|request| self.query(request)),
            Operation::Scan => call.run(|request| self.scan(request)),
            Operation::SearchVectors => call.run(|request| database.search_vectors(request)),
            Operation::TagResource => call.run_silently(|request| database.tag_resource(request)),
            Operation::TransactGetItems => call.run(|request| database.transact_get_items(request)),
            Operation::TransactWriteItems => call.run(|mut request: TransactWriteItemsRequest| {
                if own == OwnTokens::Drop {
                    request.client_request_token.take_if(|token| token.starts_with(OWN_TOKEN_PREFIX));
                }
                database.transact_write_items(request)
            }),
            Operation::UntagResource => call.run_silently(|request| database.untag_resource(request)),
            Operation::UpdateItem => call.run(|request| database.update_item(request)),
            Operation::UpdateTable => {
                self.descriptions.forget();
                call.run(|request| database.update_table(request))
            }
            Operation::UpdateTimeToLive => call.run(|request| database.update_time_to_live(request)),
            _ => Err(Refusal::unknown_operation()),
        }
    }

    fn get_item(&self, call: &Call<'_>) -> Result<Bytes, Refusal> {
        let request = common_get::read(call.body).map_or_else(|| call.request(), Ok)?;
        let response = self.database.get_item(request).map_err(|error| call.refused(error))?;
        common_get::write(&response).map_or_else(|| encode(&response), |answer| Ok(answer.into()))
    }

    fn query(&self, mut request: QueryRequest) -> dynoxide::Result<QueryResponse> {
        let bound = self.page_limits.bound(&request.table_name, request.index_name.as_deref(), request.limit);
        request.limit = bound.limit;
        let is_filtered = request.filter_expression.is_some() || request.query_filter.is_some();
        let mut response = self.database.query(request)?;
        let (given, is_last) =
            ((!is_filtered).then_some(response.count), response.last_evaluated_key.is_none());
        response.scanned_count = self.page_limits.read(bound, response.scanned_count, given, is_last);
        Ok(response)
    }

    fn scan(&self, mut request: ScanRequest) -> dynoxide::Result<ScanResponse> {
        let bound = self.page_limits.bound(&request.table_name, request.index_name.as_deref(), request.limit);
        request.limit = bound.limit;
        let is_filtered = request.filter_expression.is_some() || request.scan_filter.is_some();
        let mut response = self.database.scan(request)?;
        let (given, is_last) =
            ((!is_filtered).then_some(response.count), response.last_evaluated_key.is_none());
        response.scanned_count = self.page_limits.read(bound, response.scanned_count, given, is_last);
        Ok(response)
    }

    fn describe_table(&self, call: &Call<'_>) -> Result<Bytes, Refusal> {
        let request: DescribeTableRequest = call.request()?;
        let table = request.table_name.clone();
        if let Some(answer) = self.descriptions.get(&table) {
            return Ok(answer);
        }
        let response = self.database.describe_table(request).map_err(|error| call.refused(error))?;
        let answer = encode(&response)?;
        self.descriptions.keep(table, response.table.item_count, &answer);
        Ok(answer)
    }
}

/// A request on its way through the engine.
struct Call<'a> {
    operation: Operation,
    body: &'a [u8],
}

impl Call<'_> {
    fn run<Q: DeserializeOwned, A: Serialize>(
        &self,
        method: impl FnOnce(Q) -> dynoxide::Result<A>,
    ) -> Result<Bytes, Refusal> {
        let response = method(self.request()?).map_err(|error| self.refused(error))?;
        encode(&response)
    }

    /// For the operations that DynamoDB answers with an empty body.
    fn run_silently<Q: DeserializeOwned, A>(
        &self,
        method: impl FnOnce(Q) -> dynoxide::Result<A>,
    ) -> Result<Bytes, Refusal> {
        method(self.request()?).map_err(|error| self.refused(error))?;
        Ok(Bytes::new())
    }

    fn request<Q: DeserializeOwned>(&self) -> Result<Q, Refusal> {
        serde_json::from_slice(self.body).map_err(|error| Refusal::from_json(self.operation.name(), &error))
    }

    fn refused(&self, error: dynoxide::DynoxideError) -> Refusal {
        Refusal::from_engine(self.operation.name(), error)
    }
}

fn encode(response: &impl Serialize) -> Result<Bytes, Refusal> {
    match serde_json::to_vec(response) {
        Ok(answer) => Ok(answer.into()),
        Err(error) => Err(Refusal::failure(&format!("the answer cannot be written as JSON: {error}"))),
    }
}
