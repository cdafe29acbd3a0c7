//! The flags that keep one client from taking the places of all.

use clap::{Args, value_parser};

use crate::server::ClientLimits;

/// How many connections one user and one tenant may hold.
#[derive(Args, Debug)]
pub(super) struct ClientLimitFlags {
    /// How many connections one user of a tenant may hold on this server: any number, unless it is given.
    ///
    /// Further ones are refused with 429. Other servers of the same database count for themselves.
    #[arg(
        long,
        value_name = "N",
        env = "STREAMER_MAX_CONNECTIONS_PER_USER",
        hide_env_values = true,
        value_parser = value_parser!(u32).range(1..)
    )]
    max_connections_per_user: Option<u32>,
    /// How many connections the users of one tenant may hold together on this server: any number, unless it is given.
    ///
    /// Further ones are refused with 429. Other servers of the same database count for themselves.
    #[arg(
        long,
        value_name = "N",
        env = "STREAMER_MAX_CONNECTIONS_PER_TENANT",
        hide_env_values = true,
        value_parser = value_parser!(u32).range(1..)
    )]
    max_connections_per_tenant: Option<u32>,
}

impl ClientLimitFlags {
    pub(super) fn limits(&self) -> ClientLimits {
        ClientLimits {
            per_user: self.max_connections_per_user.map(|limit| limit as usize),
            per_tenant: self.max_connections_per_tenant.map(|limit| limit as usize),
        }
    }
}
