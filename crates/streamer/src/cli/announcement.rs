//! What a server says on standard output when it is ready.

use std::{fmt::Write as _, net::SocketAddr, path::Path};

use serde_json::json;

use super::output::Output;
use crate::{auth::Token, error::Result};

/// Where a server is. The development token stands here, on standard output, and in no log.
pub(super) struct Announcement<'a> {
    pub(super) address: SocketAddr,
    /// Whether it speaks TLS.
    pub(super) is_secure: bool,
    /// Where the embedded database speaks DynamoDB's protocol.
    pub(super) dynamodb: Option<SocketAddr>,
    /// The file with the key that requests there are signed with; `None` where any credentials will do.
    pub(super) lock_file: Option<&'a Path>,
    /// Where its metrics are, if anywhere.
    pub(super) metrics_url: Option<String>,
    /// A ready token, where the server made its own secret.
    pub(super) token: Option<&'a Token>,
}

impl Announcement<'_> {
    /// Prints the announcement: lines for people, or one line of JSON.
    pub(super) fn print(&self, output: &Output) -> Result<()> {
        let (http, web_socket) = if self.is_secure { ("https", "wss") } else { ("http", "ws") };
        let url = format!("{http}://{}", self.address);
        let web_socket = format!("{web_socket}://{}/ws", self.address);
        let dynamodb = self.dynamodb.map(|address| format!("http://{address}"));
        let development = self.token.map(|token| format!("{url}/?token={}", token.reveal()));
        if output.is_json() {
            let mut announcement = json!({ "url": url, "webSocketUrl": web_socket });
            if let Some(dynamodb) = dynamodb {
                announcement["dynamodbUrl"] = dynamodb.into();
            }
            if let Some(metrics) = &self.metrics_url {
                announcement["metricsUrl"] = metrics.as_str().into();
            }
            if let Some(development) = development {
                announcement["developmentUrl"] = development.into();
            }
            return output.text(&announcement.to_string());
        }
        let mut text = format!("Streamer listens on {url}, WebSocket at {web_socket}\n");
        // Writing to a `String` cannot fail.
        if let Some(dynamodb) = dynamodb {
            let _ = writeln!(text, "DynamoDB's protocol: {dynamodb}");
            if let Some(lock_file) = self.lock_file {
                let _ = writeln!(
                    text,
                    "  keyed: the secret is in `{}`; `--dynamodb-listen 127.0.0.1:8000` takes any credentials",
                    lock_file.display()
                );
            }
        }
        if let Some(metrics) = &self.metrics_url {
            let _ = writeln!(text, "Metrics: {metrics}");
        }
        if let Some(development) = development {
            let _ = writeln!(text, "Try it (user `dev`, tenant `dev`, for 24 hours): {development}");
        }
        output.text(&text)
    }
}
