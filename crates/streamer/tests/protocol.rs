//! Messages in and out.

#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::{Value, json};
use streamer::protocol::{Message, Outgoing, Rejection, RequestId};

fn parse(message: &Value) -> Result<Message, Rejection> {
    Message::parse(&message.to_string())
}

fn code(rejection: &Rejection) -> Value {
    serde_json::to_value(rejection.failure.code).unwrap()
}

fn refused_id(rejection: &Rejection) -> Option<&str> {
    rejection.request_id.as_ref().map(RequestId::as_str)
}

mod message {
    use super::*;

    #[test]
    fn has_id_action_and_payload() {
        let message = parse(&json!({ "id": "r-1", "action": "ping", "payload": { "a": [1] } })).unwrap();

        assert_eq!((message.id.as_str(), message.action.as_str()), ("r-1", "ping"));
        assert_eq!(message.payload.as_json(), r#"{"a":[1]}"#);
    }

    #[test]
    fn gets_an_id_of_its_own_without_one() {
        let (first, second) =
            (parse(&json!({ "action": "a" })), parse(&json!({ "id": null, "action": "a" })));

        assert_ne!(first.unwrap().id, second.unwrap().id);
    }

    #[test]
    fn has_an_empty_payload_without_one() {
        assert_eq!(parse(&json!({ "action": "a" })).unwrap().payload.as_json(), "{}");
        assert_eq!(parse(&json!({ "action": "a", "payload": null })).unwrap().payload.as_json(), "{}");
    }

    #[test]
    fn may_have_members_that_nobody_knows() {
        assert!(parse(&json!({ "action": "a", "trace": { "b": [] }, "type": 7 })).is_ok());
    }

    #[test]
    fn keeps_numbers_that_no_float_holds() {
        let message = Message::parse(r#"{"action":"a","payload":{"n":123456789012345678901234567890.10}}"#);

        assert_eq!(message.unwrap().payload.as_json(), r#"{"n":123456789012345678901234567890.10}"#);
    }

    #[test]
    fn may_have_any_characters_in_its_id() {
        for id in ["#", "a#b\0c", "\u{1}\n\"\\", "🙂", " ", &"ü".repeat(128)] {
            assert_eq!(parse(&json!({ "id": id, "action": "a" })).unwrap().id.as_str(), id);
        }
    }

    #[test]
    fn is_refused_by_its_id_for_what_else_is_wrong() {
        let wrong = [
            json!({ "id": "r-1" }),
            json!({ "id": "r-1", "action": null }),
            json!({ "id": "r-1", "action": "" }),
            json!({ "id": "r-1", "action": 7 }),
            json!({ "id": "r-1", "action": "a".repeat(129) }),
            json!({ "id": "r-1", "action": "a", "payload": [] }),
            json!({ "id": "r-1", "action": "a", "payload": "{}" }),
        ];
        for message in wrong {
            let rejection = parse(&message).unwrap_err();

            assert_eq!(refused_id(&rejection), Some("r-1"), "{message}");
            assert_eq!(code(&rejection), "VALIDATION_ERROR", "{message}");
        }
    }

    #[test]
    fn is_refused_by_the_id_that_it_was_given() {
        assert!(refused_id(&parse(&json!({ "payload": {} })).unwrap_err()).is_some());
    }

    #[test]
    fn is_refused_for_an_id_that_is_none() {
        for id in
            [json!(""), json!(7), json!(["r"]), json!({}), json!("x".repeat(129)), json!("x".repeat(10_240))]
        {
            let rejection = parse(&json!({ "id": id, "action": "ping" })).unwrap_err();

            assert_eq!(refused_id(&rejection), None, "{id}");
            assert_eq!(rejection.failure.details, Some(json!({ "field": "id" }).into()), "{id}");
        }
    }

    #[test]
    fn is_a_json_object_and_nothing_else() {
        let wrong = [
            "",
            " ",
            "null",
            "7",
            "\"ping\"",
            "[]",
            r#"["r-1","ping",{}]"#,
            "{",
            "{}}",
            r#"{"action":"ping""#,
            r#"{"action":"ping"} {"action":"ping"}"#,
            r#"{'action':'ping'}"#,
            "\0",
            r#"{"action":"a","payload":{01}}"#,
            "\u{feff}{\"action\":\"ping\"}",
        ];
        for text in wrong {
            let rejection = Message::parse(text).unwrap_err();

            assert_eq!(code(&rejection), "VALIDATION_ERROR", "{text:?}");
            assert_eq!(refused_id(&rejection), None, "{text:?}");
        }
    }

    #[test]
    fn is_refused_when_it_names_a_member_twice() {
        for text in [
            r#"{"id":"1","id":"2","action":"ping"}"#,
            r#"{"action":"ping","action":"whoami"}"#,
            r#"{"action":"ping","\u0061ction":"whoami"}"#,
        ] {
            assert!(Message::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn is_refused_for_half_a_character() {
        assert!(Message::parse(r#"{"id":"\ud800","action":"ping"}"#).is_err());
        assert!(Message::parse(r#"{"action":"\udc00"}"#).is_err());
    }

    #[test]
    fn may_be_nested_as_deep_as_it_is_long() {
        let depth = 60_000;
        let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        let message = Message::parse(&format!(r#"{{"action":"a","payload":{{"n":{nested}}},"m":{nested}}}"#));

        // Too large by now, but read to its end without recursion.
        assert_eq!(code(&message.unwrap_err()), "TOO_LARGE");
        let message = Message::parse(&format!(r#"{{"action":"a","payload":{{"n":{nested}}}}}"#)).unwrap();
        assert!(message.payload.read::<Value>().is_err());
    }

    #[test]
    fn is_too_large_above_the_limit() {
        let of_size = |size: usize| {
            let frame = r#"{"id":"r-1","action":"a","payload":{"p":""}}"#;
            frame.replace(r#""""#, &format!(r#""{}""#, "x".repeat(size - frame.len())))
        };

        assert!(Message::parse(&of_size(128 * 1024)).is_ok());
        let rejection = Message::parse(&of_size(128 * 1024 + 1)).unwrap_err();

        assert_eq!(code(&rejection), "TOO_LARGE");
        assert_eq!(refused_id(&rejection), Some("r-1"));
        assert_eq!(rejection.failure.details, Some(json!({ "size": 131_073, "limit": 131_072 }).into()));
    }

    mod of_any_text {
        use proptest::prelude::*;

        use super::*;

        proptest! {
            #[test]
            fn is_parsed_or_refused(text in ".{0,200}") {
                let _ = Message::parse(&text);
            }

            #[test]
            fn is_parsed_or_refused_as_bytes_too(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
                let _ = Message::parse(&String::from_utf8_lossy(&bytes));
            }

            #[test]
            fn survives_any_single_wrong_byte(at in 0_usize..50, byte in any::<u8>()) {
                let mut text = br#"{"id":"r-1","action":"ping","payload":{"a":[1,"b"]}}"#.to_vec();
                text[at] = byte;

                let parsed = Message::parse(&String::from_utf8_lossy(&text));

                if let Err(rejection) = parsed {
                    prop_assert_eq!(code(&rejection), "VALIDATION_ERROR");
                }
            }

            #[test]
            fn keeps_every_id_and_action(id in ".{1,128}", action in ".{1,128}") {
                let message = parse(&json!({ "id": id, "action": action })).unwrap();

                prop_assert_eq!(message.id.as_str(), id);
                prop_assert_eq!(message.action, action);
            }
        }
    }
}

mod outgoing {
    use streamer::protocol::{Acknowledged, Code, Failure};

    use super::*;

    fn written(message: &Outgoing) -> Value {
        serde_json::from_str(&message.to_json()).unwrap()
    }

    fn id() -> RequestId {
        RequestId::new("r-1").unwrap()
    }

    #[test]
    fn response_is_as_the_protocol_says() {
        let written = written(&Outgoing::response(id(), json!({ "a": 1 })));

        let expected =
            json!({ "type": "response", "request_id": "r-1", "success": true, "data": { "a": 1 } });
        assert_eq!(written, expected);
    }

    #[test]
    fn acknowledgment_is_as_the_protocol_says() {
        let written = written(&Outgoing::Acknowledgment { request_id: id(), status: Acknowledged::Queued });

        assert_eq!(written, json!({ "type": "acknowledgment", "request_id": "r-1", "status": "queued" }));
    }

    #[test]
    fn progress_leaves_out_what_it_does_not_say() {
        let written = written(&Outgoing::Progress {
            request_id: id(),
            percentage: 40,
            message: None,
            details: None,
            timestamp: 7,
        });

        let expected = json!({ "type": "progress", "request_id": "r-1", "percentage": 40, "timestamp": 7 });
        assert_eq!(written, expected);
    }

    #[test]
    fn end_is_as_the_protocol_says() {
        let written =
            written(&Outgoing::Complete { request_id: id(), result: json!({ "b": 2 }).into(), timestamp: 7 });

        let expected =
            json!({ "type": "complete", "request_id": "r-1", "result": { "b": 2 }, "timestamp": 7 });
        assert_eq!(written, expected);
    }

    #[test]
    fn failure_is_as_the_protocol_says() {
        let failure = Failure::new(Code::RateLimited, "too much").with_details(json!({ "limit": 1 }));

        let written = written(&Outgoing::Error { request_id: Some(id()), error: failure, timestamp: 7 });

        let error = json!({ "code": "RATE_LIMITED", "message": "too much", "details": { "limit": 1 } });
        assert_eq!(written, json!({ "type": "error", "request_id": "r-1", "error": error, "timestamp": 7 }));
    }

    #[test]
    fn failure_without_id_has_none() {
        let written = written(&Outgoing::error(None, Failure::new(Code::InternalError, "x")));

        assert!(written.get("request_id").is_none() && written["error"].get("details").is_none());
        assert!(written["timestamp"].is_u64());
    }
}

mod rate_limit {
    use std::time::{Duration, Instant};

    use streamer::protocol::RateLimit;

    #[test]
    fn lets_a_burst_through_and_then_its_rate() {
        let start = Instant::now();
        let mut limit = RateLimit::new(10, 5, start);

        let burst = (0..20).filter(|_| limit.take(start).is_ok()).count();
        let later = start + Duration::from_millis(250);
        let after = (0..20).filter(|_| limit.take(later).is_ok()).count();

        assert_eq!((burst, after), (5, 2));
    }

    #[test]
    fn says_how_long_to_wait() {
        let start = Instant::now();
        let mut limit = RateLimit::new(10, 1, start);
        limit.take(start).unwrap();

        let wait = limit.take(start).unwrap_err();

        assert_eq!(wait, Duration::from_millis(100));
        assert!(limit.take(start + wait).is_ok());
    }

    #[test]
    fn never_holds_more_than_a_burst() {
        let start = Instant::now();
        let mut limit = RateLimit::new(1000, 3, start);

        let later = start + Duration::from_secs(3600);

        assert_eq!((0..20).filter(|_| limit.take(later).is_ok()).count(), 3);
    }
}
