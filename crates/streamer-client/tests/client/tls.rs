use std::{net::SocketAddr, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::{Value, json};
use streamer_client::{Client, ErrorKind};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::{
    accept_hdr_async,
    tungstenite::{
        Message,
        handshake::server::{Request, Response},
    },
};

/// A server that answers the first message of each connection, and the certificate by which it is trusted.
struct Secure {
    address: SocketAddr,
    certificate: String,
}

impl Secure {
    async fn start() -> Self {
        let signed = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let certificate = signed.cert.pem();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signed.signing_key.serialize_der()));
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![signed.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that does not trust it hangs up.
                if let Ok(stream) = acceptor.accept(stream).await {
                    answer(stream).await;
                }
            }
        });
        Self { address, certificate }
    }
}

#[expect(clippy::result_large_err, reason = "the library's type")]
async fn answer(stream: tokio_rustls::server::TlsStream<tokio::net::TcpStream>) {
    let select = |_: &Request, mut response: Response| {
        response.headers_mut().insert("sec-websocket-protocol", "streamer.v1".parse().unwrap());
        Ok(response)
    };
    let mut socket = accept_hdr_async(stream, select).await.unwrap();
    let Some(Ok(Message::Text(text))) = socket.next().await else { return };
    let message: Value = serde_json::from_str(&text).unwrap();
    let response = json!({ "type": "response", "request_id": message["id"], "success": true, "data": {} });
    socket.send(Message::text(response.to_string())).await.unwrap();
    while let Some(Ok(_)) = socket.next().await {}
}

#[tokio::test]
async fn carries_messages_to_a_server_that_is_trusted() {
    let server = Secure::start().await;
    let url = format!("wss://localhost:{}/ws", server.address.port());

    let client = Client::builder(url).trust(server.certificate).connect().await.unwrap();

    assert_eq!(client.call::<Value, _>("ping", &()).await.unwrap(), json!({}));
}

#[tokio::test]
async fn refuses_a_server_that_is_not_trusted_or_is_another() {
    let (server, other) = (Secure::start().await, Secure::start().await);
    let port = server.address.port();

    let by_system = Client::builder(format!("wss://localhost:{port}/ws")).connect().await;
    let by_other =
        Client::builder(format!("wss://localhost:{port}/ws")).trust(other.certificate).connect().await;
    let by_address =
        Client::builder(format!("wss://127.0.0.1:{port}/ws")).trust(server.certificate).connect().await;

    for refused in [by_other, by_address] {
        assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Connection);
    }
    // A machine without certificates of its own has nobody to trust.
    assert!(matches!(by_system.unwrap_err().kind(), ErrorKind::Connection | ErrorKind::Invalid));
}

#[tokio::test]
async fn takes_nothing_but_certificates_for_trust() {
    for pem in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let refused = Client::builder("wss://127.0.0.1:1/ws").trust(pem).connect().await;

        assert_eq!(*refused.unwrap_err().kind(), ErrorKind::Invalid, "{pem}");
    }
}
