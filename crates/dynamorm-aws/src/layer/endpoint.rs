use std::sync::Arc;

use aws_credential_types::attributes::AccountId;
use aws_smithy_runtime_api::client::{
    endpoint::{EndpointFuture, EndpointResolverParams, ResolveEndpoint},
    identity::Identity,
};
use aws_smithy_types::endpoint::Endpoint;

use super::request::Table;
use crate::endpoint::EndpointRules;

/// The endpoint of a request, by DynamoDB's rules.
#[derive(Debug)]
pub(super) struct Resolver(pub(super) Arc<EndpointRules>);

impl ResolveEndpoint for Resolver {
    fn resolve_endpoint<'a>(&'a self, params: &'a EndpointResolverParams) -> EndpointFuture<'a> {
        let identity = params.get_property::<Identity>();
        let account_id = identity.and_then(|identity| identity.property::<AccountId>());
        let table = params.get::<Table>().map(|table| &*table.0).filter(|table| !table.is_empty());
        let resolved = self.0.resolve(account_id.map(AccountId::as_str), table);
        EndpointFuture::ready(match resolved {
            Ok(endpoint) => Ok(Endpoint::builder().url(endpoint.url().to_owned()).build()),
            Err(error) => Err(error.into()),
        })
    }
}
