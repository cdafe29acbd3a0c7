//! Tokens, secrets and where they come from.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use jsonwebtoken::Algorithm;
use serde_json::json;
use streamer::auth::{Identity, Secret, Token, TokenError, TokenVerifier, development_token};
use support::token::{SECRET, claims, now, signed, signed_with, unsigned};

fn verify(token: &str) -> Result<Identity, TokenError> {
    let secret = Secret::new(SECRET.into()).unwrap();
    TokenVerifier::hs256(&secret).verify(&Token::new(token))
}

fn is_claim(result: Result<Identity, TokenError>, name: &str) -> bool {
    matches!(result, Err(TokenError::Claim { claim, .. }) if claim == name)
}

mod verify {
    use super::*;

    #[test]
    fn returns_user_tenant_and_end_of_a_good_token() {
        let ends = now() + 60;

        let identity = verify(&signed(&json!({ "sub": "u-1", "tenant_id": "t-1", "exp": ends })));

        let expected = Identity {
            user_id: "u-1".into(),
            tenant_id: "t-1".into(),
            expires_at: ends,
            permissions: BTreeSet::new(),
        };
        assert_eq!(identity, Ok(expected));
    }

    #[test]
    fn ignores_other_claims() {
        let mut claims = claims("u", "t");
        claims["aud"] = json!(["somebody", "else"]);
        claims["iss"] = json!("https://issuer.example");

        assert!(verify(&signed(&claims)).is_ok());
    }

    #[test]
    fn refuses_a_token_without_signature() {
        for algorithm in ["none", "None", "NONE"] {
            let token = unsigned(&json!({ "alg": algorithm, "typ": "JWT" }), &claims("u", "t"));

            assert_eq!(verify(&token), Err(TokenError::Algorithm("HS256")), "{algorithm}");
        }
    }

    #[test]
    fn refuses_a_good_token_whose_signature_is_cut_off() {
        let token = signed(&claims("u", "t"));
        let cut = &token[..=token.rfind('.').unwrap()];

        assert!(matches!(verify(cut), Err(TokenError::Signature | TokenError::Malformed)));
    }

    #[test]
    fn refuses_every_algorithm_but_the_configured_one() {
        for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
            let token = signed_with(&json!({ "alg": name }), &claims("u", "t"), SECRET, algorithm);

            assert_eq!(verify(&token), Err(TokenError::Algorithm("HS256")), "{name}");
        }
    }

    #[test]
    fn takes_no_algorithm_from_the_token() {
        for name in ["RS256", "ES256", "PS256", "EdDSA"] {
            // Signed with the right secret by the right algorithm: only the header lies.
            let token = signed_with(&json!({ "alg": name }), &claims("u", "t"), SECRET, Algorithm::HS256);

            assert_eq!(verify(&token), Err(TokenError::Algorithm("HS256")), "{name}");
        }
    }

    #[test]
    fn refuses_another_key() {
        let other = SECRET.replace('0', "1");
        let token = signed_with(&json!({ "alg": "HS256" }), &claims("u", "t"), &other, Algorithm::HS256);

        assert_eq!(verify(&token), Err(TokenError::Signature));
    }

    #[test]
    fn refuses_changed_claims() {
        let (good, other) = (signed(&claims("u-1", "t")), signed(&claims("u-2", "t")));
        let good: Vec<_> = good.split('.').collect();
        let other: Vec<_> = other.split('.').collect();

        let forged = format!("{}.{}.{}", good[0], other[1], good[2]);

        assert_eq!(verify(&forged), Err(TokenError::Signature));
    }

    #[test]
    fn refuses_an_extension_that_it_has_to_understand() {
        let header = json!({ "alg": "HS256", "crit": ["exp"] });

        let result = verify(&signed_with(&header, &claims("u", "t"), SECRET, Algorithm::HS256));

        assert_eq!(result, Err(TokenError::Malformed));
    }

    #[test]
    fn needs_an_end() {
        assert!(is_claim(verify(&signed(&json!({ "sub": "u", "tenant_id": "t" }))), "exp"));
    }

    #[test]
    fn refuses_an_end_that_is_no_instant() {
        for end in [json!("tomorrow"), json!(-1), json!(null), json!([]), json!(true)] {
            let mut claims = claims("u", "t");
            claims["exp"] = end.clone();

            assert!(is_claim(verify(&signed(&claims)), "exp"), "{end}");
        }
    }

    #[test]
    fn accepts_a_token_for_ten_seconds_after_its_end() {
        let ended = |seconds: u64| {
            let mut claims = claims("u", "t");
            claims["exp"] = json!(now() - seconds);
            verify(&signed(&claims))
        };

        assert!(ended(5).is_ok());
        assert_eq!(ended(15), Err(TokenError::Expired));
    }

    #[test]
    fn refuses_a_token_before_its_start() {
        let starts = |seconds: u64| {
            let mut claims = claims("u", "t");
            claims["nbf"] = json!(now() + seconds);
            verify(&signed(&claims))
        };

        assert!(starts(5).is_ok());
        assert_eq!(starts(60), Err(TokenError::NotYetValid));
    }

    #[test]
    fn needs_user_and_tenant_as_text() {
        for claim in ["sub", "tenant_id"] {
            for value in [json!(null), json!(""), json!(7), json!("ü".repeat(257))] {
                let mut claims = claims("u", "t");
                claims[claim] = value.clone();

                assert!(is_claim(verify(&signed(&claims)), claim), "{claim}: {value}");
            }
        }
    }

    #[test]
    fn refuses_a_list_as_user_or_tenant() {
        for claim in ["sub", "tenant_id"] {
            let mut claims = claims("u", "t");
            claims[claim] = json!(["u"]);

            assert!(verify(&signed(&claims)).is_err(), "{claim}");
        }
    }

    #[test]
    fn returns_the_permissions_once_each() {
        let mut claims = claims("u", "t");
        claims["permissions"] = json!(["count", "import", "count"]);

        let identity = verify(&signed(&claims)).unwrap();

        assert_eq!(identity.permissions, BTreeSet::from(["count".into(), "import".into()]));
    }

    #[test]
    fn takes_as_many_and_as_long_permissions_as_there_may_be() {
        let mut claims = claims("u", "t");
        claims["permissions"] = json!((0..256).map(|n| n.to_string()).collect::<Vec<_>>());
        assert_eq!(verify(&signed(&claims)).unwrap().permissions.len(), 256);

        claims["permissions"] = json!(["ü".repeat(256)]);
        assert!(verify(&signed(&claims)).is_ok());
    }

    #[test]
    fn refuses_permissions_that_are_no_short_list_of_texts() {
        let many: Vec<_> = (0..257).map(|n| n.to_string()).collect();
        let long = "ü".repeat(257);
        for value in [
            json!(null),
            json!("count"),
            json!("count import"),
            json!({ "count": true }),
            json!(true),
            json!([7]),
            json!([null]),
            json!([["count"]]),
            json!([""]),
            json!([long]),
            json!(many),
        ] {
            let mut claims = claims("u", "t");
            claims["permissions"] = value.clone();

            assert!(is_claim(verify(&signed(&claims)), "permissions"), "{value}");
        }
    }

    #[test]
    fn takes_ids_as_opaque_text() {
        let identity = verify(&signed(&claims("u#1\0\"\n", "tenant/ü 🙂"))).unwrap();

        assert_eq!((identity.user_id.as_str(), identity.tenant_id.as_str()), ("u#1\0\"\n", "tenant/ü 🙂"));
    }

    #[test]
    fn refuses_what_is_no_token() {
        for text in ["", ".", "..", "...", "a.b.c", "bearer", "e30.e30.e30", "\0", "🙂.🙂.🙂"] {
            assert_eq!(verify(text), Err(TokenError::Malformed), "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn refuses_any_text(text in ".{0,200}", parts in "[A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,60}[.][A-Za-z0-9_-]{0,60}") {
            proptest::prop_assert!(verify(&text).is_err());
            proptest::prop_assert!(verify(&parts).is_err());
        }

        #[test]
        fn refuses_a_token_with_any_character_changed(at in 0_usize..140, other in "[A-Za-z0-9_-]") {
            // Without a padded last character, whose unused bits a change could leave without effect.
            let good = signed(&serde_json::json!({ "sub": "u-1", "tenant_id": "t-1", "exp": now() + 3600 }));
            let at = at % (good.len() - 1);
            let mut changed = good.clone();
            changed.replace_range(at..=at, &other);

            proptest::prop_assert_eq!(verify(&changed).is_ok(), changed == good);
        }
    }

    #[test]
    fn refuses_a_token_that_is_too_long() {
        let mut claims = claims("u", "t");
        claims["padding"] = json!("x".repeat(9 * 1024));

        assert_eq!(verify(&signed(&claims)), Err(TokenError::TooLong));
    }
}

mod identity {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn identity(expires_at: u64, permissions: &[&str]) -> Identity {
        Identity {
            user_id: "u".into(),
            tenant_id: "t".into(),
            expires_at,
            permissions: permissions.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn allows_what_its_token_names_and_nothing_else() {
        let identity = identity(0, &["count", "ns:*"]);

        assert!(identity.allows("count"));
        for other in ["", "coun", "counts", "Count", "ns:count", "*"] {
            assert!(!identity.allows(other), "{other}");
        }
    }

    #[test]
    fn allows_everything_by_an_asterisk() {
        let identity = identity(0, &["*"]);

        assert!(identity.allows("count") && identity.allows("*") && identity.allows(""));
    }

    #[test]
    fn ends_ten_seconds_after_its_token() {
        let identity = identity(1_000_000, &[]);

        let at = |seconds| identity.remaining(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));

        assert_eq!(at(999_990), Duration::from_secs(20));
        assert_eq!(at(1_000_010), Duration::ZERO);
        assert_eq!(at(2_000_000), Duration::ZERO);
    }

    #[test]
    fn may_end_at_the_end_of_time() {
        let identity = identity(u64::MAX, &[]);

        assert!(identity.remaining(SystemTime::now()) > Duration::from_secs(1 << 40));
    }
}

mod development {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn token_is_verified_by_its_own_secret_alone() {
        let (mine, other) = (Secret::generate().unwrap(), Secret::generate().unwrap());
        let token = development_token(&mine, SystemTime::now()).unwrap();

        assert_eq!(TokenVerifier::hs256(&mine).verify(&token).unwrap().user_id, "dev");
        assert_eq!(TokenVerifier::hs256(&other).verify(&token), Err(TokenError::Signature));
    }

    #[test]
    fn token_allows_everything() {
        let secret = Secret::generate().unwrap();
        let token = development_token(&secret, SystemTime::now()).unwrap();

        assert!(TokenVerifier::hs256(&secret).verify(&token).unwrap().allows("anything"));
    }
}

mod secret {
    use std::path::Path;

    use streamer::ErrorKind;
    use support::process::secret_file;

    use super::*;

    fn verifies(content: &str) -> bool {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::from_file(&secret_file(folder.path(), content)).unwrap();
        TokenVerifier::hs256(&secret).verify(&Token::new(signed(&claims("u", "t")))).is_ok()
    }

    #[test]
    fn leaves_out_one_newline_at_the_end_of_a_file() {
        assert!(verifies(SECRET));
        assert!(verifies(&format!("{SECRET}\n")));
        assert!(verifies(&format!("{SECRET}\r\n")));
        assert!(!verifies(&format!("{SECRET}\n\n")));
        assert!(!verifies(&format!(" {SECRET}")));
    }

    #[test]
    fn refuses_a_short_file() {
        let folder = tempfile::tempdir().unwrap();

        let error =
            Secret::from_file(&secret_file(folder.path(), &format!("{}\n", &SECRET[1..]))).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains("31 bytes"), "{error}");
    }

    #[test]
    fn refuses_what_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("absent"), "/dev/zero".into()] {
            let error = Secret::from_file(&path).unwrap_err();

            assert_eq!(error.kind(), ErrorKind::Configuration, "{}", Path::new(&path).display());
        }
    }

    #[test]
    fn shows_nothing_of_itself() {
        let secret = Secret::new(SECRET.into()).unwrap();
        let token = Token::new("abc.def.ghi");

        let shown = format!("{secret:?} {token:?} {:?}", TokenVerifier::hs256(&secret));

        assert!(!shown.contains("0123") && !shown.contains("abc") && !shown.contains("48, 49"), "{shown}");
    }
}

mod extract {
    use axum::http::{
        HeaderMap, HeaderName, Uri,
        header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL},
    };
    use streamer::auth::extract_token;

    use super::*;

    fn extract(headers: &[(HeaderName, &str)], uri: &str) -> Result<String, TokenError> {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect();
        extract_token(&headers, &uri.parse::<Uri>().unwrap()).map(|token| token.reveal().to_owned())
    }

    #[test]
    fn reads_the_header_in_any_case() {
        for value in ["Bearer abc", "bearer abc", "BEARER   abc "] {
            assert_eq!(extract(&[(AUTHORIZATION, value)], "/ws").as_deref(), Ok("abc"), "{value:?}");
        }
    }

    #[test]
    fn reads_the_query() {
        assert_eq!(extract(&[], "/ws?a=b&token=a%2Eb.c&x").as_deref(), Ok("a.b.c"));
    }

    #[test]
    fn reads_the_subprotocol() {
        let offered = [(SEC_WEBSOCKET_PROTOCOL, "streamer.v1, bearer.a.b.c")];

        assert_eq!(extract(&offered, "/ws").as_deref(), Ok("a.b.c"));
    }

    #[test]
    fn takes_the_same_token_in_several_places() {
        let headers = [(AUTHORIZATION, "Bearer abc"), (SEC_WEBSOCKET_PROTOCOL, "bearer.abc")];

        assert_eq!(extract(&headers, "/ws?token=abc").as_deref(), Ok("abc"));
    }

    #[test]
    fn refuses_tokens_that_differ() {
        let header = [(AUTHORIZATION, "Bearer abc")];

        assert_eq!(extract(&header, "/ws?token=abd"), Err(TokenError::Several));
        assert_eq!(extract(&[], "/ws?token=abc&token=abd"), Err(TokenError::Several));
        assert_eq!(extract(&header, "/ws?token="), Err(TokenError::Several));
    }

    #[test]
    fn finds_none_where_there_is_none() {
        assert_eq!(extract(&[], "/ws"), Err(TokenError::Missing));
        assert_eq!(extract(&[(AUTHORIZATION, "Basic abc")], "/ws"), Err(TokenError::Missing));
        assert_eq!(extract(&[(AUTHORIZATION, "Bearer")], "/ws?tokens=abc"), Err(TokenError::Missing));
    }
}
