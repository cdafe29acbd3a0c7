//! Where operators find the metrics.

use std::net::SocketAddr;

use clap::Args;
use tokio::net::TcpListener;

use super::listen_address::listen_address;
use crate::{error::Result, server::bind_named};

#[derive(Args, Debug)]
#[command(next_help_heading = "Monitoring")]
pub(super) struct MonitoringFlags {
    /// The address where `/metrics`, `/healthz` and `/livez` are answered, to whoever asks; port 0 takes a free one.
    ///
    /// They hold no secret and nothing of a request. Without it, `serve` on a loopback address answers `/metrics` there too;
    /// on any other it does not, and `work` answers nothing.
    #[arg(
        long,
        value_name = "ADDR",
        env = "STREAMER_METRICS_LISTEN",
        hide_env_values = true,
        value_parser = listen_address
    )]
    metrics_listen: Option<SocketAddr>,
}

impl MonitoringFlags {
    /// Binds the address, if there is one.
    pub(super) async fn listener(&self) -> Result<Option<TcpListener>> {
        match self.metrics_listen {
            Some(address) => bind_named(address, "--metrics-listen").await.map(Some),
            None => Ok(None),
        }
    }
}
