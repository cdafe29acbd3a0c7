//! DynamoDB's limits.
//!
//! Source, unless a constant says otherwise:
//! [Quotas in Amazon DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html).

/// Bytes of an item: attribute names and values.
pub const MAX_ITEM_BYTES: usize = 400 * 1024;

/// Bytes of a partition key's value.
pub const MAX_PARTITION_KEY_BYTES: usize = 2048;

/// Bytes of a sort key's value.
pub const MAX_SORT_KEY_BYTES: usize = 1024;

/// Bytes of one expression's text.
pub const MAX_EXPRESSION_BYTES: usize = 4096;

/// Keys of one `BatchGetItem`.
pub const MAX_BATCH_GET_KEYS: usize = 100;

/// Actions of one `TransactWriteItems`, or reads of one `TransactGetItems`.
pub const MAX_TRANSACTION_ACTIONS: usize = 100;

/// Bytes of all items of one transaction:
/// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
pub const MAX_TRANSACTION_BYTES: usize = 4 * 1024 * 1024;

/// Characters of a transaction's `ClientRequestToken`:
/// [TransactWriteItems](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html).
pub const MAX_TOKEN_CHARACTERS: usize = 36;

/// Writes of one `BatchWriteItem`.
pub const MAX_BATCH_WRITES: usize = 25;

/// Bytes of one `BatchWriteItem`, taken as those of its JSON, so that a request is never over it.
pub const MAX_BATCH_WRITE_BYTES: usize = 16 << 20;

/// Segments of one scan.
///
/// Source: [Scan](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html), `TotalSegments`.
pub const MAX_SCAN_SEGMENTS: u32 = 1_000_000;

/// Bytes that one request of a query or a scan reads at most.
///
/// Source: [Scan](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Scan.html), paginating the results.
pub const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Operands of an `IN` list.
pub const MAX_IN_OPERANDS: usize = 100;

/// Characters of a table's or an index's name.
pub const MAX_NAME_CHARACTERS: usize = 255;

/// Characters that a table's or an index's name must have at least.
pub const MIN_NAME_CHARACTERS: usize = 3;
