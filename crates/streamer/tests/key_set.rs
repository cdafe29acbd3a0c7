//! Sets of public keys: which key a token is verified with, and how a set changes under a server that runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use streamer::{
    ErrorKind,
    auth::{Token, TokenError, TokenVerifier},
};
use support::{
    client::{Client, refused},
    key_pair::{KeyPair, RSA, pairs},
    key_set::{KeySetFile, key_set},
    process::Server,
    token::{claims, signed_with, unsigned},
};

/// Longer than the interval in which a file is looked at once at most.
const A_LOOK: Duration = Duration::from_millis(1200);

fn verifier(file: &KeySetFile) -> TokenVerifier {
    TokenVerifier::jwks(file.path()).unwrap()
}

fn outcome(verifier: &TokenVerifier, token: &str) -> Result<String, TokenError> {
    verifier.verify(&Token::new(token)).map(|identity| identity.user_id)
}

mod set {
    use super::*;

    #[test]
    fn verifies_by_the_key_that_the_token_names() {
        let [ec, ed] = pairs();
        let set = KeySetFile::new(&[
            RSA[0].jwk_named("a"),
            ec.jwk_named("b"),
            ed.jwk_named("c"),
            RSA[1].jwk_named("d"),
        ]);
        let verifier = verifier(&set);

        for (pair, kid) in [(&RSA[0], "a"), (&ec, "b"), (&ed, "c"), (&RSA[1], "d")] {
            assert_eq!(outcome(&verifier, &pair.token_named(kid, &claims(kid, "t"))), Ok(kid.into()));
        }
        assert_eq!(
            outcome(&verifier, &RSA[0].token_named("d", &claims("u", "t"))),
            Err(TokenError::Signature)
        );
    }

    #[test]
    fn has_no_key_of_an_unknown_id() {
        let [ec, _] = pairs();
        let verifier = verifier(&KeySetFile::new(&[ec.jwk_named("a")]));

        for kid in ["", "A", "a ", "b"] {
            assert_eq!(
                outcome(&verifier, &ec.token_named(kid, &claims("u", "t"))),
                Err(TokenError::UnknownKey)
            );
        }
    }

    #[test]
    fn takes_no_algorithm_from_the_token() {
        let [ec, ed] = pairs();
        let verifier = verifier(&KeySetFile::new(&[ec.jwk_named("a"), ed.jwk_named("b")]));
        let header = json!({ "alg": "HS256", "kid": "a" });
        let as_secret = signed_with(&header, &claims("u", "t"), ec.bytes(), Algorithm::HS256);
        let unsigned = unsigned(&json!({ "alg": "none", "kid": "a" }), &claims("u", "t"));
        let of_another = ed.token_with(&json!({ "alg": "EdDSA", "kid": "a" }), &claims("u", "t"));

        for token in [as_secret, unsigned, of_another] {
            assert_eq!(outcome(&verifier, &token), Err(TokenError::Algorithm("ES256")));
        }
        let nameless =
            signed_with(&json!({ "alg": "HS256" }), &claims("u", "t"), ec.bytes(), Algorithm::HS256);
        assert!(matches!(outcome(&verifier, &nameless), Err(TokenError::Algorithm(_))));
    }

    #[test]
    fn takes_a_token_that_names_no_key_when_one_fits() {
        let [ec, ed] = pairs();
        let another = KeyPair::new("ES256");
        let verifier = verifier(&KeySetFile::new(&[ec.jwk_named("a"), another.jwk_named("b"), ed.jwk()]));

        assert_eq!(outcome(&verifier, &ed.token(&claims("u", "t"))), Ok("u".into()));
        assert_eq!(outcome(&verifier, &ec.token(&claims("u", "t"))), Err(TokenError::AmbiguousKey));
        assert!(matches!(
            outcome(&verifier, &RSA[0].token(&claims("u", "t"))),
            Err(TokenError::Algorithm(_))
        ));
    }

    #[test]
    fn may_give_one_id_to_keys_of_several_algorithms() {
        let [ec, ed] = pairs();
        let set = verifier(&KeySetFile::new(&[RSA[0].jwk_named("a"), ec.jwk_named("a"), ed.jwk_named("a")]));

        for pair in [&RSA[0], &ec, &ed] {
            let token = pair.token_named("a", &claims("u", "t"));
            assert_eq!(outcome(&set, &token), Ok("u".into()), "{}", pair.algorithm);
        }
    }

    #[test]
    fn leaves_out_what_verifies_no_signature_of_a_known_kind() {
        let [ec, ed] = pairs();
        let with = |mut jwk: Value, member: &str, value: Value| {
            jwk[member] = value;
            jwk
        };
        let unusable = [
            with(ec.jwk_named("a"), "use", json!("enc")),
            with(ec.jwk_named("a"), "key_ops", json!(["sign"])),
            with(ec.jwk_named("a"), "alg", json!("ES384")),
            with(RSA[0].jwk_named("a"), "alg", json!("PS256")),
            with(RSA[0].jwk_named("a"), "alg", json!("RSA-OAEP")),
            with(ec.jwk_named("a"), "crv", json!("P-384")),
            with(ec.jwk_named("a"), "crv", json!("secp256k1")),
            with(ed.jwk_named("a"), "crv", json!("X25519")),
            with(ec.jwk_named("a"), "kty", json!("AKP")),
            json!({ "kty": "oct", "kid": "a", "k": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY" }),
            json!({ "kid": "a" }),
            json!("a"),
            json!(null),
        ];
        for jwk in unusable {
            let verifier = verifier(&KeySetFile::new(&[jwk.clone(), ed.jwk_named("b")]));

            let of_the_other = outcome(&verifier, &ed.token_named("b", &claims("u", "t")));
            assert_eq!(of_the_other, Ok("u".into()), "{jwk}");
            for pair in [&ec, &ed, &RSA[0]] {
                let token = pair.token_named("a", &claims("u", "t"));
                assert_eq!(outcome(&verifier, &token), Err(TokenError::UnknownKey), "{jwk}");
            }
        }
    }

    #[test]
    fn leaves_out_keys_that_are_broken_or_weak() {
        let [ec, ed] = pairs();
        let short = "AAAA";
        let off_curve = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
        let of_1024_bits = "_".repeat(128 * 8 / 6);
        let broken = [
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": short }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a", "x": "not base64" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "kid": "a" }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": short, "y": short }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": off_curve, "y": off_curve }),
            json!({ "kty": "EC", "crv": "P-256", "kid": "a", "x": off_curve }),
            json!({ "kty": "RSA", "kid": "a", "n": of_1024_bits, "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "a", "n": RSA[0].jwk()["n"], "e": "" }),
            json!({ "kty": "RSA", "kid": "a", "n": RSA[0].jwk()["n"], "e": "AQ" }),
            json!({ "kty": "RSA", "kid": "a", "n": "", "e": "AQAB" }),
            json!({ "kty": "RSA", "kid": "a", "n": "_".repeat(1368), "e": "AQAB" }),
        ];
        for jwk in broken {
            let verifier = verifier(&KeySetFile::new(&[jwk.clone(), ed.jwk_named("b")]));

            for pair in [&ec, &ed, &RSA[0]] {
                let token = pair.token_named("a", &claims("u", "t"));
                assert_eq!(outcome(&verifier, &token), Err(TokenError::UnknownKey), "{jwk}");
            }
            assert!(TokenVerifier::jwks(KeySetFile::new(&[jwk]).path()).is_err());
        }
    }

    #[test]
    fn takes_keys_that_say_what_they_are_for() {
        for mut jwk in [KeyPair::new("ES256").jwk(), KeyPair::new("EdDSA").jwk(), RSA[0].jwk()] {
            let algorithm = match jwk["kty"].as_str() {
                Some("EC") => "ES256",
                Some("OKP") => "EdDSA",
                _ => "RS256",
            };
            jwk["use"] = json!("sig");
            jwk["alg"] = json!(algorithm);
            jwk["key_ops"] = json!(["verify"]);
            jwk["x5c"] = json!(["ignored"]);

            assert!(TokenVerifier::jwks(KeySetFile::new(&[jwk]).path()).is_ok(), "{algorithm}");
        }
    }

    fn why_not(content: &str) -> String {
        let file = KeySetFile::new(&[]);
        file.replace(content);
        let error = TokenVerifier::jwks(file.path()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        error.to_string()
    }

    #[test]
    fn has_to_be_one_at_the_start() {
        let [ec, ed] = pairs();

        for content in ["", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[}", &ec.pem()] {
            assert!(why_not(content).contains("no JSON Web Key Set"), "{content}");
        }
        assert!(why_not("{\"keys\":[]}").contains("no RSA, EC P-256 or Ed25519 key"));
        assert!(why_not(&key_set(&[json!({ "kty": "oct", "k": "AAAA" })])).contains("no RSA, EC"));
        let twice = key_set(&[ec.jwk_named("a"), ed.jwk_named("b"), KeyPair::new("ES256").jwk_named("a")]);
        assert!(
            why_not(&twice).contains("several keys for ES256 have the `kid` of key 2"),
            "{}",
            why_not(&twice)
        );
        assert!(TokenVerifier::jwks(Path::new("/nowhere/jwks.json")).is_err());
    }

    #[test]
    fn error_quotes_nothing_of_the_file() {
        assert!(!why_not("{\"keys\":\"a-secret\"}").contains("a-secret"));
    }

    #[tokio::test]
    async fn is_read_anew_at_most_once_a_second_for_unknown_keys() {
        let [first, second, third] = [(); 3].map(|()| KeyPair::new("EdDSA"));
        let file = KeySetFile::new(&[first.jwk_named("1")]);
        let verifier = verifier(&file);
        let knows = async |pair: &KeyPair, kid: &str| {
            verifier.authenticate(&Token::new(pair.token_named(kid, &claims("u", "t")))).await.is_ok()
        };

        let read_at = Instant::now();
        file.replace(&key_set(&[second.jwk_named("2")]));
        assert!(knows(&second, "2").await, "an unknown key is looked for at once");
        file.replace(&key_set(&[third.jwk_named("3")]));
        let is_known = knows(&third, "3").await;
        // A machine that is busy may take its second to get here.
        assert!(!is_known || read_at.elapsed() >= Duration::from_secs(1), "but not again within a second");
        tokio::time::sleep(A_LOOK).await;
        assert!(knows(&third, "3").await);
        assert!(!knows(&second, "2").await, "a key that was taken back is gone");
    }

    #[tokio::test]
    async fn that_is_emptied_takes_its_keys_back() {
        let pair = KeyPair::new("EdDSA");
        let file = KeySetFile::new(&[pair.jwk_named("1")]);
        let verifier = verifier(&file);
        let token = Token::new(pair.token_named("1", &claims("u", "t")));
        assert!(verifier.authenticate(&token).await.is_ok());

        file.replace(&key_set(&[]));
        tokio::time::sleep(A_LOOK).await;

        assert_eq!(verifier.authenticate(&token).await, Err(TokenError::UnknownKey));
    }
}

mod server {
    use super::*;

    #[tokio::test]
    async fn follows_a_set_that_changes() {
        let [old, new] = [RSA[0].jwk_named("old"), RSA[1].jwk_named("new")];
        let of_old = RSA[0].token_named("old", &claims("u-1", "t-1"));
        let of_new = RSA[1].token_named("new", &claims("u-1", "t-1"));
        let file = KeySetFile::new(std::slice::from_ref(&old));
        let server = Server::start_keyed(&["--jwks", file.path().to_str().unwrap()]);
        let mut early = Client::connect(server.address(), &of_old).await;
        assert_eq!(refused(server.address(), &of_new).await.0, 401);
        tokio::time::sleep(A_LOOK).await;

        file.replace(&key_set(&[old, new.clone()]));
        Client::connect(server.address(), &of_new).await;
        Client::connect(server.address(), &of_old).await;

        tokio::time::sleep(A_LOOK).await;
        file.replace(&key_set(&[new]));
        let (status, message) = refused(server.address(), &of_old).await;
        assert_eq!(status, 401);
        assert!(message.contains("kid"), "{message}");
        Client::connect(server.address(), &of_new).await;
        assert_eq!(early.ask(json!({ "action": "ping" })).await["type"], "response");
    }

    #[tokio::test]
    async fn is_not_held_up_by_a_set_that_cannot_be_read_to_its_end() {
        let pair = KeyPair::new("EdDSA");
        let token = pair.token_named("a", &claims("u-1", "t-1"));
        let file = KeySetFile::new(&[pair.jwk_named("a")]);
        let server = Server::start_keyed(&["--jwks", file.path().to_str().unwrap()]);

        fs::remove_file(file.path()).unwrap();
        assert!(Command::new("mkfifo").arg(file.path()).status().unwrap().success());
        for _ in 0..2 {
            tokio::time::sleep(A_LOOK).await;
            let asked = Instant::now();
            Client::connect(server.address(), &token).await;
            let of_unknown = pair.token_named("b", &claims("u-1", "t-1"));
            assert_eq!(refused(server.address(), &of_unknown).await.0, 401);
            assert!(asked.elapsed() < Duration::from_millis(1900), "{:?}", asked.elapsed());
        }

        server.terminate();
        assert!(server.finish().status.success());
    }

    #[tokio::test]
    async fn keeps_its_keys_when_the_set_breaks_and_warns_once() {
        let pair = KeyPair::new("EdDSA");
        let token = pair.token_named("a", &claims("u-1", "t-1"));
        let file = KeySetFile::new(&[pair.jwk_named("a")]);
        let server = Server::start_keyed(&["--jwks", file.path().to_str().unwrap()]);

        file.replace("{\"keys\":[");
        for _ in 0..3 {
            tokio::time::sleep(A_LOOK).await;
            Client::connect(server.address(), &token).await;
            assert_eq!(refused(server.address(), &pair.token_named("b", &claims("u-1", "t-1"))).await.0, 401);
        }
        tokio::time::sleep(A_LOOK).await;
        file.replace(&key_set(&[pair.jwk_named("b")]));
        Client::connect(server.address(), &pair.token_named("b", &claims("u-1", "t-1"))).await;

        server.terminate();
        let log = String::from_utf8(server.finish().stderr).unwrap();
        assert_eq!(log.matches("WARN").count(), 1, "{log}");
        assert!(log.contains("the key set changed and is of no use"), "{log}");
        assert!(log.contains("the key set is read anew"), "{log}");
    }
}
