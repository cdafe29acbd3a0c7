//! Answers that are no success.

use dynamorm_core::transport::{
    Repeat::{self, Safe, Unsafe},
    TransportErrorKind as Kind,
};

use crate::{
    client::{client, failure, send},
    reply::{Reply, always, fine},
    server::Server,
};

/// What comes of a server that always answers so: the kind, how often the client says that it sent, and how often the
/// server was asked.
async fn outcome(reply: Reply, repeat: Repeat) -> (Kind, u32, usize) {
    let server = Server::play([always(reply)]).await;
    let error = failure(&client(&server), repeat).await;
    (error.kind, error.attempts, server.seen().len())
}

mod a_failure_of_dynamodb {
    use super::*;

    #[tokio::test]
    async fn is_repeated_when_safe() {
        for status in [500, 502, 503, 504] {
            let reply = Reply::refusal(status, "InternalServerError");

            assert_eq!(outcome(reply, Safe).await, (Kind::Unavailable, 4, 4), "{status}");
        }
    }

    #[tokio::test]
    async fn is_never_repeated_when_unsafe() {
        for status in [500, 502, 503, 504] {
            let reply = Reply::refusal(status, "InternalServerError");

            assert_eq!(outcome(reply, Unsafe).await, (Kind::Unavailable, 1, 1), "{status}");
        }
    }

    #[tokio::test]
    async fn is_forgotten_when_the_repetition_succeeds() {
        let server = Server::play([always(Reply::refusal(500, "InternalServerError")), fine()]).await;

        let response = send(&client(&server), Safe).await.unwrap();

        assert_eq!((response.attempts, server.seen().len()), (2, 2));
        assert_eq!(server.seen()[0].body, server.seen()[1].body);
    }
}

mod a_refusal {
    use super::*;

    #[tokio::test]
    async fn is_told_at_once() {
        for (name, kind) in [
            ("ConditionalCheckFailedException", Kind::ConditionFailed),
            ("ValidationException", Kind::Validation),
            ("ResourceNotFoundException", Kind::TableNotFound),
            ("AccessDeniedException", Kind::Denied),
            ("SomethingNewException", Kind::Validation),
        ] {
            for repeat in [Safe, Unsafe] {
                assert_eq!(outcome(Reply::refusal(400, name), repeat).await, (kind, 1, 1), "{name}");
            }
        }
    }

    #[tokio::test]
    async fn brings_the_stored_item_in_its_body_alone() {
        let server = Server::play([always(Reply::refusal(400, "ConditionalCheckFailedException"))]).await;

        let error = failure(&client(&server), Safe).await;

        assert_eq!(error.message, "words of DynamoDB");
        assert!(String::from_utf8_lossy(&error.body).contains("\"Item\""));
    }

    #[tokio::test]
    async fn of_an_unknown_name_counts_by_its_status() {
        assert_eq!(outcome(Reply::refusal(500, "SomethingNew"), Unsafe).await, (Kind::Unavailable, 1, 1));
        assert_eq!(outcome(Reply::refusal(418, "SomethingNew"), Unsafe).await, (Kind::Validation, 1, 1));
    }
}

mod something_in_between {
    use super::*;

    const PAGE: &str = "<html><body>Bad Gateway</body></html>";

    #[tokio::test]
    async fn may_answer_with_a_page() {
        let page = |status| Reply::with_headers(status, &["content-type: text/html"], PAGE);

        assert_eq!(outcome(page(502), Safe).await, (Kind::Unavailable, 4, 4));
        assert_eq!(outcome(page(502), Unsafe).await, (Kind::Unavailable, 1, 1));
        assert_eq!(outcome(page(403), Safe).await, (Kind::Malformed, 1, 1));
        assert_eq!(outcome(page(403), Unsafe).await, (Kind::Malformed, 1, 1));
    }

    #[tokio::test]
    async fn may_answer_with_nothing() {
        let empty = |status| Reply::with_headers(status, &[], "");

        assert_eq!(outcome(empty(400), Safe).await, (Kind::Malformed, 1, 1));
        assert_eq!(outcome(empty(503), Safe).await, (Kind::Unavailable, 4, 4));
    }

    /// Whether a success can be read is for the mapper to see; the transport carries what it was given.
    #[tokio::test]
    async fn may_answer_a_success_that_is_none() {
        for body in [PAGE, "", "[]", "null"] {
            let server = Server::play([always(Reply::with_headers(200, &[], body))]).await;

            let response = send(&client(&server), Safe).await.unwrap();

            assert_eq!((&*response.body, response.attempts), (body.as_bytes(), 1));
        }
    }

    #[tokio::test]
    async fn is_not_followed_where_it_redirects() {
        for status in [301, 302, 303, 307, 308] {
            for target in ["location: /elsewhere", "location: http://127.0.0.1:9/", "x-none: 1"] {
                let reply = Reply::with_headers(status, &[target], "");

                assert_eq!(outcome(reply, Safe).await, (Kind::Malformed, 1, 1), "{status} {target}");
            }
        }
    }

    #[tokio::test]
    async fn may_name_the_error_in_a_header() {
        let reply = Reply::with_headers(400, &["x-amzn-errortype: ThrottlingException:http://x"], "");

        // It proves that nothing was run.
        assert_eq!(outcome(reply, Unsafe).await, (Kind::Throttled, 4, 4));
    }
}

mod a_wrong_checksum {
    use super::*;

    #[tokio::test]
    async fn is_found_and_the_request_repeated_when_safe() {
        let damaged = Reply::with_headers(200, &["x-amz-crc32: 1"], "{}");
        let server = Server::play([always(damaged.clone()), fine()]).await;

        assert_eq!(send(&client(&server), Safe).await.unwrap().attempts, 2);

        assert_eq!(outcome(damaged, Safe).await, (Kind::Malformed, 4, 4));
    }

    #[tokio::test]
    async fn is_an_unknown_outcome_when_unsafe() {
        let damaged = Reply::with_headers(200, &["x-amz-crc32: 1"], "{}");

        assert_eq!(outcome(damaged, Unsafe).await, (Kind::Malformed, 1, 1));
    }

    #[tokio::test]
    async fn of_a_refusal_is_found_too() {
        let body = r#"{"__type":"ThrottlingException"}"#;
        let damaged = Reply::with_headers(400, &["x-amz-crc32: 1"], body);

        assert_eq!(outcome(damaged, Unsafe).await, (Kind::Malformed, 1, 1));
    }
}
