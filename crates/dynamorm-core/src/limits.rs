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
