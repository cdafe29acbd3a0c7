//! A real WebSocket client, and a raw HTTP one.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, client_async, connect_async,
    tungstenite::{
        Error, Message, client::IntoClientRequest, handshake::client::Response, protocol::CloseFrame,
    },
};

use super::{
    PATIENCE,
    schema::{check_client_message, check_server_message},
};

/// A connected client.
pub struct Client<S = MaybeTlsStream<TcpStream>> {
    pub socket: WebSocketStream<S>,
    /// The server's answer to the handshake.
    pub response: Response,
}

impl Client {
    /// Connects with the token in `Authorization`.
    pub async fn connect(address: &str, token: &str) -> Self {
        Self::try_connect(address, "/ws", &[("authorization", &format!("Bearer {token}"))]).await.unwrap()
    }

    /// Tries to connect with this path and these headers.
    pub async fn try_connect(address: &str, path: &str, headers: &[(&str, &str)]) -> Result<Self, Error> {
        let mut request = format!("ws://{address}{path}").into_client_request()?;
        for (name, value) in headers {
            let name: axum::http::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        let (socket, response) = timeout(PATIENCE, connect_async(request)).await.expect("a handshake")?;
        Ok(Self { socket, response })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Connects over a stream that is there already, with the token in `Authorization`.
    pub async fn connect_over(stream: S, address: &str, token: &str) -> Self {
        let mut request = format!("wss://{address}/ws").into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        let (socket, response) =
            timeout(PATIENCE, client_async(request, stream)).await.expect("a handshake").unwrap();
        Self { socket, response }
    }

    /// Sends a good JSON message.
    pub async fn send(&mut self, message: Value) {
        check_client_message(&message);
        self.send_text(message.to_string()).await;
    }

    /// Sends any text, good or bad.
    pub async fn send_text(&mut self, text: impl Into<String>) {
        self.socket.send(Message::text(text.into())).await.unwrap();
    }

    /// Returns the next JSON message.
    pub async fn receive(&mut self) -> Value {
        checked(&self.receive_text().await)
    }

    /// Returns the next text, as it came.
    pub async fn receive_text(&mut self) -> String {
        let message = async {
            loop {
                match self.socket.next().await.unwrap().unwrap() {
                    Message::Text(text) => return text.as_str().to_owned(),
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("not a text: {other:?}"),
                }
            }
        };
        timeout(PATIENCE, message).await.expect("a message")
    }

    /// Sends a JSON message and returns the answer.
    pub async fn ask(&mut self, message: Value) -> Value {
        self.send(message).await;
        self.receive().await
    }

    /// Sends a JSON message with this id and returns the answer to it, whatever comes before.
    pub async fn ask_for(&mut self, id: &str, mut message: Value) -> Value {
        message["id"] = id.into();
        self.send(message).await;
        loop {
            let answer = self.receive().await;
            if answer["request_id"] == id {
                return answer;
            }
        }
    }

    /// Returns the messages about one request up to its end, and no other may come between.
    pub async fn hear_to_the_end(&mut self, id: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let message = self.receive().await;
            assert_eq!(message["request_id"], id, "{message}");
            let is_end = message["type"] == "complete" || message["type"] == "error";
            messages.push(message);
            if is_end {
                return messages;
            }
        }
    }

    /// Returns the id that the server gave this connection.
    pub async fn connection_id(&mut self) -> String {
        let answer = self.ask(json!({ "action": "whoami" })).await;
        answer["data"]["connection_id"].as_str().unwrap().to_owned()
    }

    /// Reads until the server closes, and returns its close frame.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        let close = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Close(frame))) => return frame,
                    Some(Ok(Message::Text(text))) => drop(checked(text.as_str())),
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        };
        timeout(PATIENCE, close).await.expect("a close")
    }
}

fn checked(text: &str) -> Value {
    let message = serde_json::from_str(text).unwrap();
    check_server_message(&message);
    message
}

/// Returns the status and the JSON body of a refused handshake.
pub fn refusal(result: Result<Client, Error>) -> (u16, Value, Response) {
    match result {
        Err(Error::Http(response)) => {
            let body = response.body().as_deref().unwrap_or_default();
            let message: Value = serde_json::from_slice(body).unwrap_or_default();
            if !message.is_null() {
                check_server_message(&message);
            }
            (response.status().as_u16(), message, *response)
        }
        Err(error) => panic!("not refused by HTTP: {error}"),
        Ok(_) => panic!("not refused"),
    }
}

/// Returns the status and the message by which a server refuses this token.
pub async fn refused(address: &str, token: &str) -> (u16, String) {
    let headers = [("authorization", &*format!("Bearer {token}"))];
    let (status, body, _) = refusal(Client::try_connect(address, "/ws", &headers).await);
    (status, body["error"]["message"].as_str().unwrap().to_owned())
}

/// Sends raw bytes on a connection of its own and returns all that comes back.
pub async fn raw(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an answer").unwrap();
    String::from_utf8(answer).unwrap()
}

/// Sends a GET and returns all that comes back.
pub async fn get(address: &str, path: &str) -> String {
    raw(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")).await
}
