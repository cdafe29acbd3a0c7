//! What is sent is signed as AWS's own signer would sign it, by what arrived.

use std::time::SystemTime;

use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4::SigningParams,
};
use aws_smithy_types::date_time::{DateTime, Format};
use dynamorm_aws::DynamoDb;
use dynamorm_core::transport::Repeat::Safe;

use crate::{
    client::{KEY, KEY_ID, config, send},
    reply::fine,
    server::{Seen, Server},
};

/// The `authorization` that AWS's signer makes of a request as it arrived.
fn by_aws(seen: &Seen, token: Option<&str>) -> String {
    let date = seen.header("x-amz-date").unwrap();
    let instant = format!(
        "{}-{}-{}T{}:{}:{}Z",
        &date[..4],
        &date[4..6],
        &date[6..8],
        &date[9..11],
        &date[11..13],
        &date[13..15]
    );
    let time: SystemTime = DateTime::from_str(&instant, Format::DateTime).unwrap().try_into().unwrap();
    let identity = Credentials::new(KEY_ID, KEY, token.map(str::to_owned), None, "test").into();
    let params = SigningParams::builder()
        .identity(&identity)
        .region("eu-west-1")
        .name("dynamodb")
        .time(time)
        .settings(SigningSettings::default())
        .build()
        .unwrap()
        .into();
    let path = seen.head.split(' ').nth(1).unwrap();
    let uri = format!("http://{}{path}", seen.header("host").unwrap());
    let headers = ["content-type", "host", "x-amz-target"].map(|name| (name, seen.header(name).unwrap()));
    let signable = SignableRequest::new("POST", &uri, headers.into_iter(), SignableBody::Bytes(&seen.body));
    let (instructions, _) = sign(signable.unwrap(), &params).unwrap().into_parts();
    let (headers, _) = instructions.into_parts();
    headers.iter().find(|header| header.name() == "authorization").unwrap().value().to_owned()
}

#[tokio::test]
async fn holds_with_and_without_a_session_token() {
    for token in [None, Some("AQoDYXdzEJr/token==")] {
        let server = Server::play([fine()]).await;
        let credentials = Credentials::from_keys(KEY_ID, KEY, token.map(str::to_owned));
        let provider = SharedCredentialsProvider::new(credentials);
        let client = DynamoDb::new(&config(&server.url()).credentials_provider(provider).build()).unwrap();

        send(&client, Safe).await.unwrap();

        let seen = &server.seen()[0];
        assert_eq!(seen.header("authorization"), Some(by_aws(seen, token).as_str()));
        assert_eq!(seen.header("x-amz-security-token"), token);
    }
}

#[tokio::test]
async fn holds_for_a_path_a_name_and_a_literal_address() {
    for (listen, host) in [("127.0.0.1:0", "127.0.0.1"), ("127.0.0.1:0", "localhost"), ("[::1]:0", "[::1]")] {
        for path in ["", "/", "/base", "/base/deeper/"] {
            let server = Server::play_at(listen, [fine()]).await;
            let url = format!("http://{host}:{}{path}", server.port());
            let client = DynamoDb::new(&config(&url).build()).unwrap();

            send(&client, Safe).await.unwrap();

            let seen = &server.seen()[0];
            assert_eq!(seen.header("authorization"), Some(by_aws(seen, None).as_str()), "{url}");
            assert!(
                seen.head.starts_with(&format!("POST {}/ HTTP/1.1", path.trim_end_matches('/'))),
                "{}",
                seen.head
            );
        }
    }
}

#[tokio::test]
async fn goes_with_the_name_of_the_library_and_of_the_operation() {
    let server = Server::play([fine()]).await;

    send(&crate::client::client(&server), Safe).await.unwrap();

    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-amz-target"), Some("DynamoDB_20120810.UpdateItem"));
    assert_eq!(seen.header("content-type"), Some("application/x-amz-json-1.0"));
    assert!(seen.header("user-agent").unwrap().contains("lib/dynamorm/"), "{}", seen.head);
}
