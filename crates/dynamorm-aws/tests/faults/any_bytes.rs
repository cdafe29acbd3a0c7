//! Whatever comes back, the call ends, and without a panic.

use std::time::Duration;

use aws_smithy_types::retry::RetryConfig;
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::{
    Repeat::{Safe, Unsafe},
    TransportErrorKind as Kind,
};
use proptest::prelude::*;

use crate::{
    client::{client, config, failure, send},
    reply::{Reply, always},
    server::Server,
};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn end_the_call(
        bytes in prop_oneof![
            any::<Vec<u8>>(),
            "HTTP/1.1 [0-9]{3} [a-z]{0,9}\r\n(content-length: [0-9]{1,20}\r\n)?(x-amz-crc32: .{0,12}\r\n)?\r\n.{0,60}"
                .prop_map(String::into_bytes),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n[0-9a-f]{1,18}\r\n.{0,60}".prop_map(String::into_bytes),
        ],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = Server::play([always(Reply::raw(bytes).then_close())]).await;
            let retry = RetryConfig::disabled();
            let client = DynamoDb::new(&config(&server.url()).retry_config(retry).build()).unwrap();

            let ended = tokio::time::timeout(Duration::from_secs(9), send(&client, Unsafe)).await;

            assert!(ended.is_ok(), "the call does not end");
        });
    }
}

#[tokio::test]
async fn are_no_answer_where_they_are_no_http() {
    for bytes in ["SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 99999 What\r\n\r\n", "\r\n\r\n\r\n\r\n"] {
        let server = Server::play([always(Reply::raw(bytes).then_close())]).await;

        let error = failure(&client(&server), Unsafe).await;

        assert_eq!((error.kind, error.attempts), (Kind::Unavailable, 1), "{bytes}");
    }
}

#[tokio::test]
async fn of_a_flood_of_headers_are_no_answer() {
    let header = format!("x-flood: {}\r\n", "x".repeat(1000));
    let head = format!("HTTP/1.1 200 OK\r\n{}\r\n", header.repeat(1000));
    let server = Server::play([always(Reply::raw(head).then_close())]).await;

    let error = failure(&client(&server), Unsafe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Unavailable, 1));
}

/// An answer without a length, which goes on for ever in chunks of a megabyte.
#[tokio::test]
async fn without_an_end_are_given_up_at_a_hundred_megabytes() {
    let mut chunk = b"100000\r\n".to_vec();
    chunk.extend(vec![b'x'; 0x10_0000]);
    chunk.extend(b"\r\n");
    let mut reply = Reply::raw("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    reply.parts.extend((0..110).map(|_| (Duration::ZERO, chunk.clone())));
    let server = Server::play([always(reply)]).await;

    // It would not get shorter, so that it is not asked for again even where it might.
    let error = failure(&client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Malformed, 1));
    assert_eq!(error.message, "the answer is longer than any of DynamoDB's");
}

#[tokio::test]
async fn that_announce_too_many_are_not_waited_for() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 200000000\r\n\r\n";
    let server = Server::play([always(Reply::raw(format!("{head}{{")))]).await;

    let error = failure(&client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Malformed, 1));
}
