//! Which URL a request goes to: DynamoDB's endpoint rules.
//!
//! The source is the endpoint rule set that AWS publishes in DynamoDB's service model, as `aws-sdk-dynamodb` evaluates
//! it. It is written out here because that crate takes minutes to build; `comparison.rs` holds every rule against it.

mod account_based;
mod endpoint_url;
mod error;
mod host_label;
mod partition;
mod resolved;
mod rules;
mod table_arn;

#[cfg(test)]
mod comparison;
#[cfg(test)]
mod examples;

pub(crate) use self::{
    endpoint_url::EndpointUrl,
    error::EndpointError,
    host_label::is_host_name,
    rules::{EndpointRules, EndpointSettings},
};
