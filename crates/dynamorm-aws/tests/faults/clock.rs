//! A clock that is an hour off.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use aws_smithy_types::date_time::{DateTime, Format};
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::{
    Repeat::{Safe, Unsafe},
    TransportErrorKind as Kind,
};

use crate::{
    client::{client, config, failure, send},
    reply::{Act, Reply},
    server::{Seen, Server},
};

const HOUR: i64 = 3600;

/// A server whose clock is this many seconds ahead of this machine's, and which, as AWS does, takes no signature that is
/// more than a quarter of an hour from it.
fn ahead(seconds: i64) -> Act {
    Arc::new(move |seen| {
        let now = DateTime::from(SystemTime::now()).secs() + seconds;
        let date = DateTime::from_secs(now).fmt(Format::HttpDate).unwrap();
        let date = format!("date: {date}");
        if (signed_at(seen) - now).abs() > 900 {
            let body = r#"{"__type":"com.amazon.coral.service#InvalidSignatureException","message":"Signature expired"}"#;
            return Reply::with_headers(400, &[&date], body);
        }
        Reply::with_headers(200, &[&date], "{}")
    })
}

/// The instant that a request was signed for, in epoch seconds.
fn signed_at(seen: &Seen) -> i64 {
    let date = seen.header("x-amz-date").unwrap();
    let part = |range: std::ops::Range<usize>| &date[range];
    let text = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    );
    DateTime::from_str(&text, Format::DateTime).unwrap().secs()
}

#[tokio::test]
async fn costs_one_more_request_once() {
    for offset in [HOUR, -HOUR] {
        let server = Server::play([ahead(offset)]).await;
        let client = client(&server);

        // The refusal proves that nothing was run, so that an unsafe request is repeated too.
        assert_eq!(send(&client, Unsafe).await.unwrap().attempts, 2, "{offset}");
        for _ in 0..3 {
            assert_eq!(send(&client, Unsafe).await.unwrap().attempts, 1, "{offset}");
        }
        assert_eq!(server.seen().len(), 5);
    }
}

#[tokio::test]
async fn stops_none_of_many_requests_at_once() {
    let server = Server::play([ahead(HOUR)]).await;
    let client = client(&server);

    let requests = (0..10).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { send(&client, Safe).await.unwrap().attempts })
    });
    let requests: Vec<_> = requests.collect();

    for request in requests {
        assert!(request.await.unwrap() <= 2);
    }
}

#[tokio::test]
async fn is_left_wrong_where_correction_is_disabled() {
    let server = Server::play([ahead(HOUR)]).await;
    let config = config(&server.url()).disable_clock_skew_correction(true).build();

    let error = failure(&DynamoDb::new(&config).unwrap(), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Denied, 1));
}

#[tokio::test]
async fn is_not_blamed_for_a_wrong_key() {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(30);
    let date = DateTime::from_secs(now.as_secs() as i64).fmt(Format::HttpDate).unwrap();
    let body = r#"{"__type":"a#InvalidSignatureException","message":"does not match"}"#;
    let refusal = Reply::with_headers(400, &[&format!("date: {date}")], body);
    let server = Server::play([crate::reply::always(refusal)]).await;

    let error = failure(&client(&server), Safe).await;

    assert_eq!((error.kind, error.attempts), (Kind::Denied, 1));
}
