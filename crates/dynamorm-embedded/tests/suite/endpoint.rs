//! DynamoDB's HTTP protocol, byte by byte.

use std::{collections::HashMap, net::SocketAddr, time::Duration};

use dynamorm_core::transport::Operation;
use dynamorm_embedded::{Access, Embedded, Endpoint, EndpointOptions, ErrorKind, open_or_connect};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::support;

struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Vec<u8>,
}

impl Answer {
    fn error(&self) -> String {
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        body["__type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned()
    }
}

/// Sends one request on a connection of its own, as written but for `Host` and the length.
async fn exchange(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    let host = if head.contains("Host:") { String::new() } else { format!("Host: {address}\r\n") };
    let head =
        format!("{}\r\n{host}Content-Length: {}\r\nConnection: close\r\n\r\n", head.trim(), body.len());
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    // A server that refuses the head need not read the body.
    let _ = stream.write_all(body).await;
    let mut answer = Vec::new();
    let _ = timeout(support::PATIENCE, stream.read_to_end(&mut answer)).await.unwrap();
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let text = String::from_utf8(answer[..end].to_vec()).unwrap();
    let mut lines = text.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    Answer { status, headers, body: answer[end + 4..].to_vec() }
}

fn post(operation: &str) -> String {
    format!(
        "POST / HTTP/1.1\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Target: DynamoDB_20120810.{operation}"
    )
}

async fn served(access: Option<Access>) -> (Embedded, Endpoint) {
    let engine = Embedded::memory().unwrap();
    support::create_table(&engine).await;
    let mut options = EndpointOptions::default();
    if let Some(access) = access {
        options = options.access(access);
    }
    let endpoint = engine.serve_endpoint(options).await.unwrap();
    (engine, endpoint)
}

#[tokio::test]
async fn answers_as_dynamodb_does() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;

    let answer = exchange(endpoint.address(), &post("ListTables"), b"{}").await;

    assert_eq!(answer.status, 200);
    assert_eq!(serde_json::from_slice::<Value>(&answer.body).unwrap(), json!({ "TableNames": ["items"] }));
    assert_eq!(answer.headers["content-type"], "application/x-amz-json-1.0");
    assert_eq!(answer.headers["x-amz-crc32"], crc32fast::hash(&answer.body).to_string());
    assert_eq!(answer.headers["x-amzn-requestid"].len(), 32);
}

#[tokio::test]
async fn answers_errors_with_status_and_name() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    let absent = json!({ "TableName": "absent", "Key": support::key("a") }).to_string();
    let cases = [
        (post("GetItem"), absent.as_bytes(), 400, "ResourceNotFoundException"),
        (post("GetItem"), &b"{"[..], 400, "SerializationException"),
        (post("GetItems"), b"{}", 400, "UnknownOperationException"),
        ("POST / HTTP/1.1".to_owned(), b"{}", 400, "UnknownOperationException"),
    ];
    for (head, body, status, name) in cases {
        let answer = exchange(endpoint.address(), &head, body).await;

        assert_eq!((answer.status, answer.error().as_str()), (status, name), "{head}");
    }
}

#[tokio::test]
async fn knows_every_operation_that_the_engine_has() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    for operation in Operation::ALL {
        let answer = exchange(endpoint.address(), &post(operation.name()), b"{}").await;

        let is_unknown = answer.status != 200 && answer.error() == "UnknownOperationException";
        assert!(!is_unknown, "{operation}");
    }
}

#[tokio::test]
async fn writes_errors_with_the_names_of_dynamodbs_layers() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    let cases = [
        ("DescribeLimits", "{}", "com.amazon.coral.service#UnknownOperationException"),
        ("GetItem", "{", "com.amazon.coral.service#SerializationException"),
        ("GetItem", "{}", "com.amazon.coral.validate#ValidationException"),
        ("ListTables", r#"{"Limit":0}"#, "com.amazon.coral.validate#ValidationException"),
        (
            "DescribeTable",
            r#"{"TableName":"absent"}"#,
            "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
        ),
    ];
    for (operation, body, name) in cases {
        let answer = exchange(endpoint.address(), &post(operation), body.as_bytes()).await;

        let body: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(body["__type"], name, "{operation}");
    }
}

#[tokio::test]
async fn gives_no_message_for_an_operation_that_it_does_not_know() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;

    let answer = exchange(endpoint.address(), &post("DescribeLimits"), b"{}").await;

    assert_eq!(answer.body, br#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#);
}

#[tokio::test]
async fn tells_its_health() {
    let (_engine, endpoint) = served(None).await;

    let health = exchange(endpoint.address(), "GET / HTTP/1.1", b"").await;
    let elsewhere = exchange(endpoint.address(), "GET /items HTTP/1.1", b"").await;

    assert_eq!(health.status, 200);
    assert!(health.body.starts_with(b"healthy"));
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn refuses_a_request_without_a_signature() {
    let (_engine, endpoint) = served(None).await;

    let bare = exchange(endpoint.address(), &post("ListTables"), b"{}").await;
    let nonsense =
        exchange(endpoint.address(), &(post("ListTables") + "\r\nAuthorization: Bearer abc"), b"{}").await;

    assert_eq!((bare.status, bare.error().as_str()), (403, "MissingAuthenticationTokenException"));
    assert_eq!((nonsense.status, nonsense.error().as_str()), (403, "MissingAuthenticationTokenException"));
}

#[tokio::test]
async fn refuses_web_pages_in_either_mode() {
    for access in [None, Some(Access::Any)] {
        let (_engine, endpoint) = served(access).await;
        let address = endpoint.address();
        let wrong_port = if address.port() == 1 { 2 } else { 1 };
        let heads = [
            "Origin: https://example.com".to_owned(),
            "Origin: null".to_owned(),
            "Host: example.com".to_owned(),
            format!("Host: example.com:{}", address.port()),
            format!("Host: 192.0.2.1:{}", address.port()),
            format!("Host: 127.0.0.1:{wrong_port}"),
            "Host: 127.0.0.1".to_owned(),
        ];
        for head in heads {
            let answer = exchange(address, &format!("{}\r\n{head}", post("ListTables")), b"{}").await;
            let health = exchange(address, &format!("GET / HTTP/1.1\r\n{head}"), b"").await;

            assert_eq!((answer.status, answer.error().as_str()), (403, "AccessDeniedException"), "{head}");
            assert_eq!(health.status, 403, "{head}");
        }
    }
}

#[tokio::test]
async fn takes_every_name_of_this_machine() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    let port = endpoint.address().port();
    for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "[::1]"] {
        let head = format!("{}\r\nHost: {host}:{port}", post("ListTables"));

        assert_eq!(exchange(endpoint.address(), &head, b"{}").await.status, 200, "{host}");
    }
}

#[tokio::test]
async fn is_served_to_this_machine_only() {
    let engine = Embedded::memory().unwrap();
    for access in [Access::Any, Access::Keyed { secret: "secret".to_owned() }] {
        for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
            let options = EndpointOptions::default().address(address.parse().unwrap()).access(access.clone());

            let error = engine.serve_endpoint(options).await.unwrap_err();

            assert_eq!(error.kind(), &ErrorKind::Endpoint, "{address}: {error}");
        }
    }
}

#[tokio::test]
async fn refuses_an_empty_secret() {
    let engine = Embedded::memory().unwrap();
    let options = EndpointOptions::default().access(Access::Keyed { secret: String::new() });

    let error = engine.serve_endpoint(options).await.unwrap_err();

    assert_eq!(error.kind(), &ErrorKind::Endpoint, "{error}");
}

#[tokio::test]
async fn refuses_an_address_that_is_taken() {
    let (engine, endpoint) = served(None).await;

    let error =
        engine.serve_endpoint(EndpointOptions::default().address(endpoint.address())).await.unwrap_err();

    assert_eq!(error.kind(), &ErrorKind::Endpoint, "{error}");
}

#[tokio::test]
async fn refuses_a_request_beyond_the_size_of_dynamodbs() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    let body = vec![b' '; (16 << 20) + (64 << 10) + 1];

    let answer = exchange(endpoint.address(), &post("PutItem"), &body).await;

    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn a_stalled_connection_does_not_keep_others_waiting() {
    let (_engine, endpoint) = served(Some(Access::Any)).await;
    let mut stalled = TcpStream::connect(endpoint.address()).await.unwrap();
    stalled.write_all(b"POST / HTTP/1.1\r\nHost:").await.unwrap();

    let answer = timeout(support::PATIENCE, exchange(endpoint.address(), &post("ListTables"), b"{}")).await;

    assert_eq!(answer.unwrap().status, 200);
}

#[tokio::test]
async fn gives_the_database_back_when_it_is_shut_down() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let client = open_or_connect(&path).unwrap();
    support::create_table(&client).await;
    drop(engine);

    // The client's idle connection is closed, not waited for.
    timeout(Duration::from_secs(5), endpoint.shut_down()).await.unwrap();

    assert!(Embedded::open(&path).is_ok());
}
