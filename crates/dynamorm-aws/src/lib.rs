//! The transport of dynamorm to Amazon DynamoDB, and to whatever else speaks its HTTP protocol.
