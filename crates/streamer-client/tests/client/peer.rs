//! A WebSocket server that does what a test says.

use std::{future::Future, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use streamer_client::{Client, ClientBuilder};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

use crate::schema::{check_client_message, check_server_message};

/// How long a test waits for something that has to happen.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A server on a port of its own.
pub struct Peer {
    listener: TcpListener,
}

/// One connection to it.
pub struct Session {
    pub socket: WebSocketStream<TcpStream>,
    pub authorization: Option<String>,
}

/// Waits for what has to happen.
pub async fn soon<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("it to happen in time")
}

impl Peer {
    pub async fn bind() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub fn builder(&self) -> ClientBuilder {
        Client::builder(format!("ws://{}/ws", self.listener.local_addr().unwrap()))
    }

    /// A client that is connected, and its connection.
    pub async fn connected(&self) -> (Client, Session) {
        self.connect(self.builder()).await
    }

    pub async fn connect(&self, builder: ClientBuilder) -> (Client, Session) {
        let (client, session) = tokio::join!(builder.connect(), self.accept());
        (client.unwrap(), session)
    }

    /// The next connection.
    #[expect(clippy::result_large_err, reason = "the library's type")]
    pub async fn accept(&self) -> Session {
        let (stream, _) = soon(self.listener.accept()).await.unwrap();
        let mut authorization = None;
        let select = |request: &Request, mut response: Response| {
            let header = request.headers().get("authorization");
            authorization = header.map(|value| value.to_str().unwrap().to_owned());
            response.headers_mut().insert("sec-websocket-protocol", "streamer.v1".parse().unwrap());
            Ok(response)
        };
        let socket = accept_hdr_async(stream, select).await.unwrap();
        Session { socket, authorization }
    }

    /// Answers the next request by HTTP.
    pub async fn answer_http(&self, answer: &str) {
        let (mut stream, _) = soon(self.listener.accept()).await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.unwrap());
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    }

    /// Whether nobody connects for a while.
    pub async fn is_left_alone(&self) -> bool {
        timeout(Duration::from_millis(500), self.listener.accept()).await.is_err()
    }
}

impl Session {
    /// The next message of the client.
    pub async fn receive(&mut self) -> Value {
        loop {
            match soon(self.socket.next()).await.unwrap().unwrap() {
                Message::Text(text) => {
                    let message = serde_json::from_str(&text).unwrap();
                    check_client_message(&message);
                    return message;
                }
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("not a text: {other:?}"),
            }
        }
    }

    /// The next message, which has this action; returns its id.
    pub async fn receive_action(&mut self, action: &str) -> (String, Value) {
        let message = self.receive().await;
        assert_eq!(message["action"], action, "{message}");
        (message["id"].as_str().unwrap().to_owned(), message["payload"].clone())
    }

    /// The close code that the client sends.
    pub async fn closed(mut self) -> Option<u16> {
        loop {
            match soon(self.socket.next()).await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Sends a message of the protocol.
    pub async fn send(&mut self, message: Value) {
        check_server_message(&message);
        self.send_other(message).await;
    }

    /// Sends any JSON, as a server of a later version may.
    pub async fn send_other(&mut self, message: Value) {
        self.send_text(&message.to_string()).await;
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    pub async fn respond(&mut self, id: &str, data: Value) {
        self.send(json!({ "type": "response", "request_id": id, "success": true, "data": data })).await;
    }

    pub async fn acknowledge(&mut self, id: &str) {
        self.send(json!({ "type": "acknowledgment", "request_id": id, "status": "queued" })).await;
    }

    pub async fn progress(&mut self, id: &str, percentage: u8) {
        let progress =
            json!({ "type": "progress", "request_id": id, "percentage": percentage, "timestamp": 1 });
        self.send(progress).await;
    }

    pub async fn complete(&mut self, id: &str, result: Value) {
        self.send(json!({ "type": "complete", "request_id": id, "result": result, "timestamp": 1 })).await;
    }

    pub async fn fail(&mut self, id: &str, code: &str) {
        self.fail_with(id, json!({ "code": code, "message": "said so" })).await;
    }

    pub async fn fail_with(&mut self, id: &str, error: Value) {
        self.send(json!({ "type": "error", "request_id": id, "error": error, "timestamp": 1 })).await;
    }

    /// Closes with this code.
    pub async fn close(mut self, code: u16) {
        let frame = CloseFrame { code: CloseCode::from(code), reason: "said so".into() };
        self.socket.close(Some(frame)).await.unwrap();
        while let Some(Ok(_)) = soon(self.socket.next()).await {}
    }
}
