//! The protocol's schema says what the code does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::{Value, json};
use streamer::protocol::{Acknowledged, Code, Failure, Message, Outgoing, RequestId};
use support::schema::{SCHEMA, validator};

/// A message of every type, with as much as it may hold; a new type does not compile before it is here.
fn messages() -> Vec<Value> {
    let request_id = || RequestId::new("r-1").unwrap();
    let all = [
        Outgoing::response(request_id(), json!({ "pong": true })),
        Outgoing::Acknowledgment { request_id: request_id(), status: Acknowledged::Queued },
        Outgoing::Progress {
            request_id: request_id(),
            percentage: 100,
            message: Some("almost".to_owned()),
            details: Some(json!({ "rows": 7 }).into()),
            timestamp: 1,
        },
        Outgoing::Complete { request_id: request_id(), result: json!({ "count": 3 }).into(), timestamp: 1 },
        Outgoing::error(
            Some(request_id()),
            Failure::new(Code::TooLarge, "too large").with_details(json!({ "limit": 1 })),
        ),
    ];
    for message in &all {
        match message {
            Outgoing::Response { .. }
            | Outgoing::Acknowledgment { .. }
            | Outgoing::Progress { .. }
            | Outgoing::Complete { .. }
            | Outgoing::Error { .. } => {}
        }
    }
    all.iter().map(|message| serde_json::to_value(message).unwrap()).collect()
}

/// Those that may hold less, with as little as they may hold.
fn bare_messages() -> Vec<Value> {
    let progress = Outgoing::Progress {
        request_id: RequestId::new("r-1").unwrap(),
        percentage: 0,
        message: None,
        details: None,
        timestamp: 0,
    };
    let error = Outgoing::error(None, Failure::new(Code::InternalError, ""));
    [progress, error].iter().map(|message| serde_json::to_value(message).unwrap()).collect()
}

/// The members that a message may go without.
const OPTIONAL: [&str; 3] = ["message", "details", "request_id"];

fn is_optional(message: &Value, member: &str) -> bool {
    OPTIONAL.contains(&member) && (member != "request_id" || message["type"] == "error")
}

mod schema {
    use super::*;

    #[test]
    fn is_a_json_schema() {
        assert!(jsonschema::meta::is_valid(&SCHEMA));
    }

    #[test]
    fn has_the_codes_of_the_server_and_of_the_client() {
        let of_the_server: Vec<Value> =
            Code::ALL.iter().map(|code| serde_json::to_value(code).unwrap()).collect();
        let of_the_client: Vec<Value> =
            streamer_client::Code::ALL.iter().map(|code| code.as_str().into()).collect();

        assert_eq!(SCHEMA["$defs"]["code"]["enum"], json!(of_the_server));
        assert_eq!(SCHEMA["$defs"]["code"]["enum"], json!(of_the_client));
    }

    #[test]
    fn has_the_types_of_the_server() {
        let written: Vec<Value> = messages().iter().map(|message| message["type"].clone()).collect();

        let definitions = SCHEMA["$defs"]["serverMessage"]["oneOf"].as_array().unwrap();
        let read: Vec<Value> = definitions
            .iter()
            .map(|definition| {
                let name = definition["$ref"].as_str().unwrap().rsplit_once('/').unwrap().1;
                SCHEMA["$defs"][name]["properties"]["type"]["const"].clone()
            })
            .collect();

        assert_eq!(read, written);
    }

    #[test]
    fn has_the_limits_of_the_server() {
        let characters = |of: &Value| of["maxLength"].as_u64().unwrap() as usize;

        assert_eq!(characters(&SCHEMA["$defs"]["requestId"]), streamer::protocol::REQUEST_ID_CHARACTERS);
        assert_eq!(
            characters(&SCHEMA["$defs"]["clientMessage"]["properties"]["action"]),
            streamer::protocol::ACTION_CHARACTERS
        );
        let said = SCHEMA["$defs"]["clientMessage"]["description"].as_str().unwrap();
        assert!(said.contains(&streamer::protocol::MESSAGE_BYTES.to_string()), "{said}");
    }
}

mod server_message {
    use super::*;

    #[test]
    fn of_every_type_is_taken_with_all_and_without_what_is_optional() {
        let validator = validator("serverMessage");
        for mut message in messages() {
            assert!(validator.is_valid(&message), "{message}");
            for member in OPTIONAL {
                if is_optional(&message, member) {
                    message.as_object_mut().unwrap().remove(member);
                }
            }
            assert!(validator.is_valid(&message), "{message}");
        }
        for message in bare_messages() {
            assert!(validator.is_valid(&message), "{message}");
        }
    }

    #[test]
    fn is_refused_with_a_member_less_or_more() {
        let validator = validator("serverMessage");
        for message in messages() {
            for member in message.as_object().unwrap().keys() {
                let mut less = message.clone();
                less.as_object_mut().unwrap().remove(member);
                assert_eq!(validator.is_valid(&less), is_optional(&message, member), "{less}");
            }
            let mut more = message.clone();
            more["surprise"] = json!(1);
            assert!(!validator.is_valid(&more), "{more}");
        }
    }

    #[test]
    fn is_refused_with_a_value_of_another_kind() {
        let validator = validator("serverMessage");
        for message in messages() {
            for member in message.as_object().unwrap().keys() {
                if member == "data" {
                    continue;
                }
                let mut other = message.clone();
                other[member] = json!([7]);
                assert!(!validator.is_valid(&other), "{other}");
            }
        }
        for (member, value) in
            [("percentage", json!(101)), ("percentage", json!(-1)), ("percentage", json!(0.5))]
        {
            let mut progress = messages()[2].clone();
            progress[member] = value;
            assert!(!validator.is_valid(&progress), "{progress}");
        }
    }
}

mod client_message {
    use super::*;

    #[test]
    fn is_taken_or_refused_as_the_server_takes_or_refuses_it() {
        let validator = validator("clientMessage");
        for message in [
            json!({ "action": "ping" }),
            json!({ "id": "r-1", "action": "count", "payload": { "to": 3 }, "more": 1 }),
            json!({ "id": null, "action": "ping", "payload": null }),
            json!({ "id": "ü".repeat(128), "action": "ü".repeat(128) }),
            json!({ "id": "\0#🙂", "action": " " }),
            json!({}),
            json!([]),
            json!("ping"),
            json!({ "action": null }),
            json!({ "action": "" }),
            json!({ "action": 7 }),
            json!({ "action": "a".repeat(129) }),
            json!({ "id": "", "action": "ping" }),
            json!({ "id": 7, "action": "ping" }),
            json!({ "id": "x".repeat(129), "action": "ping" }),
            json!({ "action": "ping", "payload": [] }),
            json!({ "action": "ping", "payload": "{}" }),
        ] {
            let is_taken = Message::parse(&message.to_string()).is_ok();

            assert_eq!(validator.is_valid(&message), is_taken, "{message}");
        }
    }
}
