use std::{sync::Arc, time::Duration};

use crate::server::Seen;

/// What a body of the tests holds that no error, message or log may show.
pub(crate) const SECRET: &str = "SECRET-CONTENT";

/// What the server does with one request: bytes, each after a pause; then the connection ends, or goes on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub(crate) parts: Vec<(Duration, Vec<u8>)>,
    pub(crate) closes: bool,
}

/// An act of the server's script.
pub(crate) type Act = Arc<dyn Fn(&Seen) -> Reply + Send + Sync>;

impl Reply {
    /// A whole answer, with the checksum of its body.
    pub(crate) fn answer(status: u16, body: &str) -> Self {
        let checksum = format!("x-amz-crc32: {}", crc32fast::hash(body.as_bytes()));
        Self::with_headers(status, &[&checksum], body)
    }

    /// A whole answer with these headers and a length.
    pub(crate) fn with_headers(status: u16, headers: &[&str], body: &str) -> Self {
        let mut head = format!("HTTP/1.1 {status} Status\r\ncontent-length: {}\r\n", body.len());
        for header in headers {
            head.push_str(header);
            head.push_str("\r\n");
        }
        Self::raw(format!("{head}\r\n{body}"))
    }

    /// A refusal as DynamoDB words it, with an item that must not be shown.
    pub(crate) fn refusal(status: u16, name: &str) -> Self {
        let body = format!(
            r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{name}","message":"words of DynamoDB","Item":{{"pk":{{"S":"{SECRET}"}}}}}}"#
        );
        Self::answer(status, &body)
    }

    /// These bytes, and the connection goes on.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self { parts: vec![(Duration::ZERO, bytes.into())], closes: false }
    }

    /// The end of the connection, without a byte.
    pub(crate) fn nothing() -> Self {
        Self { parts: Vec::new(), closes: true }
    }

    /// The same, after which the connection ends.
    pub(crate) fn then_close(mut self) -> Self {
        self.closes = true;
        self
    }

    /// The same, `pause` later.
    pub(crate) fn after(mut self, pause: Duration) -> Self {
        if let Some((first, _)) = self.parts.first_mut() {
            *first += pause;
        }
        self
    }

    /// Only the first `share` of the bytes at once, and the rest after `pause`.
    pub(crate) fn halved_by(self, pause: Duration) -> Self {
        let whole: Vec<u8> = self.parts.into_iter().flat_map(|(_, bytes)| bytes).collect();
        let (first, rest) = whole.split_at(whole.len() - 2);
        Self { parts: vec![(Duration::ZERO, first.to_vec()), (pause, rest.to_vec())], closes: self.closes }
    }

    /// All but the last two bytes, and then the end.
    pub(crate) fn cut_short(self) -> Self {
        let mut cut = self.halved_by(Duration::ZERO).then_close();
        cut.parts.truncate(1);
        cut
    }
}

/// An act that gives this reply, whatever it is asked.
pub(crate) fn always(reply: Reply) -> Act {
    Arc::new(move |_| reply.clone())
}

/// A success.
pub(crate) fn fine() -> Act {
    always(Reply::answer(200, "{}"))
}
