//! Public keys: which algorithm they stand for, and the flags that name them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use streamer::{
    ErrorKind,
    auth::{Token, TokenError, TokenVerifier},
};
use support::{
    client::{Client, refused},
    key_pair::{KeyPair, RSA, pairs},
    process::{Server, run, secret_file, streamer},
    token::{SECRET, claims, signed_with, unsigned},
};

fn outcome(verifier: &TokenVerifier, token: &str) -> Result<String, TokenError> {
    verifier.verify(&Token::new(token)).map(|identity| identity.user_id)
}

mod public_key {
    use super::*;

    #[test]
    fn verifies_by_the_algorithm_of_its_kind() {
        for pair in pairs().iter().chain([&RSA[0]]) {
            let verifier = TokenVerifier::public_key(pair.pem().as_bytes()).unwrap();

            assert_eq!(
                outcome(&verifier, &pair.token(&claims("u", "t"))),
                Ok("u".into()),
                "{}",
                pair.algorithm
            );
        }
    }

    #[test]
    fn refuses_another_key_of_its_kind() {
        for (pair, other) in [
            (&KeyPair::new("ES256"), &KeyPair::new("ES256")),
            (&KeyPair::new("EdDSA"), &KeyPair::new("EdDSA")),
            (&RSA[0], &RSA[1]),
        ] {
            let verifier = TokenVerifier::public_key(pair.pem().as_bytes()).unwrap();

            let outcome = outcome(&verifier, &other.token(&claims("u", "t")));

            assert_eq!(outcome, Err(TokenError::Signature), "{}", pair.algorithm);
        }
    }

    /// Whoever has the public key, which is everybody, could sign such a token.
    #[test]
    fn is_never_taken_for_a_secret() {
        for pair in pairs().iter().chain([&RSA[0]]) {
            let verifier = TokenVerifier::public_key(pair.pem().as_bytes()).unwrap();
            let pem = pair.pem();
            for secret in [pem.as_bytes(), pem.trim_end().as_bytes(), pair.bytes()] {
                let header = json!({ "alg": "HS256" });
                let token = signed_with(&header, &claims("u", "t"), secret, Algorithm::HS256);

                assert_eq!(outcome(&verifier, &token), Err(TokenError::Algorithm(pair.algorithm)));
            }
        }
    }

    #[test]
    fn takes_no_algorithm_from_the_token() {
        for pair in pairs().iter().chain([&RSA[0]]) {
            let verifier = TokenVerifier::public_key(pair.pem().as_bytes()).unwrap();
            let claims = claims("u", "t");
            let names =
                ["none", "HS256", "RS256", "RS384", "PS256", "ES256", "ES384", "ES256K", "EdDSA", "Ed25519"];
            for name in names.into_iter().filter(|name| *name != pair.algorithm) {
                let token = pair.token_with(&json!({ "alg": name }), &claims);

                let refused = Err(TokenError::Algorithm(pair.algorithm));
                assert_eq!(outcome(&verifier, &token), refused, "{name}");
                assert_eq!(
                    outcome(&verifier, &unsigned(&json!({ "alg": name }), &claims)),
                    refused,
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn may_stand_among_other_text() {
        let pair = KeyPair::new("EdDSA");
        let text = format!("the key of our issuer\n\n{}\n", pair.pem());

        let verifier = TokenVerifier::public_key(text.as_bytes()).unwrap();

        assert!(outcome(&verifier, &pair.token(&claims("u", "t"))).is_ok());
    }

    fn why_not(pem: &str) -> String {
        let error = TokenVerifier::public_key(pem.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{error}");
        error.to_string()
    }

    #[test]
    fn has_to_be_one_public_key() {
        let [ec, ed] = pairs();

        assert!(why_not("").contains("holds no `PUBLIC KEY`"));
        assert!(why_not("-----BEGIN PUBLIC KEY-----\n").contains("no PEM"));
        assert!(why_not(&ec.private_pem()).contains("holds a private key"));
        assert!(why_not(&format!("{}{}", ec.pem(), ed.private_pem())).contains("holds a private key"));
        assert!(why_not(&format!("{}{}", ec.pem(), ed.pem())).contains("holds several keys"));
    }

    #[test]
    fn of_another_kind_is_refused() {
        let p384 = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap().public_key_pem();

        assert!(why_not(&p384).contains("no RSA, EC P-256 or Ed25519 key"));
        assert!(
            why_not("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").contains("no RSA, EC")
        );
    }

    #[test]
    fn of_rsa_has_2048_bits_or_more() {
        use base64::{Engine, prelude::BASE64_STANDARD};
        use rsa::{BigUint, RsaPublicKey, pkcs8::EncodePublicKey};

        let pem_of = |bits: usize| {
            let modulus = BigUint::from_bytes_be(&vec![0xff; bits / 8]);
            let key = RsaPublicKey::new(modulus, BigUint::from(65537_u32)).unwrap();
            let der = key.to_public_key_der().unwrap();
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64_STANDARD.encode(der))
        };

        assert!(why_not(&pem_of(1024)).contains("1024 bits"));
        assert!(why_not(&pem_of(2040)).contains("2040 bits"));
        assert!(TokenVerifier::public_key(pem_of(2048).as_bytes()).is_ok());
    }
}

mod issuer_and_audience {
    use super::*;

    fn verify(
        configure: impl Fn(TokenVerifier) -> TokenVerifier,
        claim: &str,
        value: Value,
    ) -> Result<(), TokenError> {
        let pair = KeyPair::new("EdDSA");
        let verifier = configure(TokenVerifier::public_key(pair.pem().as_bytes()).unwrap());
        let mut claims = claims("u", "t");
        claims[claim] = value;
        outcome(&verifier, &pair.token(&claims)).map(|_| ())
    }

    #[test]
    fn are_taken_when_they_are_the_configured_ones() {
        let issuer = |verifier: TokenVerifier| verifier.with_issuer("https://login.example");
        let audience = |verifier: TokenVerifier| verifier.with_audience("streamer");

        assert_eq!(verify(issuer, "iss", json!("https://login.example")), Ok(()));
        assert_eq!(verify(audience, "aud", json!("streamer")), Ok(()));
        assert_eq!(verify(audience, "aud", json!(["other", "streamer"])), Ok(()));
    }

    #[test]
    fn are_refused_when_they_are_others_or_none() {
        let issuer = |verifier: TokenVerifier| verifier.with_issuer("https://login.example");
        for value in [
            json!(null),
            json!("https://login.example/"),
            json!("https://LOGIN.example"),
            json!(["https://login.example"]),
            json!(7),
        ] {
            let outcome = verify(issuer, "iss", value.clone());

            assert!(matches!(outcome, Err(TokenError::Claim { claim: "iss", .. })), "{value}: {outcome:?}");
        }

        let audience = |verifier: TokenVerifier| verifier.with_audience("streamer");
        for value in [
            json!(null),
            json!("streamers"),
            json!([]),
            json!(["other"]),
            json!([["streamer"]]),
            json!({ "streamer": true }),
        ] {
            let outcome = verify(audience, "aud", value.clone());

            assert!(matches!(outcome, Err(TokenError::Claim { claim: "aud", .. })), "{value}: {outcome:?}");
        }
    }

    #[test]
    fn are_asked_for_together() {
        let both = |verifier: TokenVerifier| verifier.with_issuer("i").with_audience("a");

        assert!(matches!(verify(both, "iss", json!("i")), Err(TokenError::Claim { claim: "aud", .. })));
        assert!(matches!(verify(both, "aud", json!("a")), Err(TokenError::Claim { claim: "iss", .. })));
    }
}

mod server {
    use super::*;

    #[tokio::test]
    async fn takes_tokens_by_a_public_key_of_each_kind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        for pair in pairs().iter().chain([&RSA[0]]) {
            fs::write(&path, pair.pem()).unwrap();
            let server = Server::start_keyed(&["--jwt-public-key", path.to_str().unwrap()]);

            let mut client = Client::connect(server.address(), &pair.token(&claims("u-1", "t-1"))).await;
            let answer = client.ask(json!({ "action": "whoami" })).await;

            assert_eq!(answer["data"]["user_id"], "u-1", "{}", pair.algorithm);
            let header = json!({ "alg": "HS256" });
            let as_secret = signed_with(&header, &claims("u-1", "t-1"), pair.pem(), Algorithm::HS256);
            let (status, message) = refused(server.address(), &as_secret).await;
            assert_eq!(status, 401);
            assert!(message.contains(pair.algorithm), "{message}");
        }
    }

    #[tokio::test]
    async fn asks_for_issuer_and_audience() {
        let folder = tempfile::tempdir().unwrap();
        let secret = secret_file(folder.path(), SECRET);
        let server = Server::start_keyed(&[
            "--jwt-hs256-secret-file",
            secret.to_str().unwrap(),
            "--jwt-issuer",
            "https://login.example",
            "--jwt-audience",
            "streamer",
        ]);
        let token = |issuer: Value, audience: Value| {
            let mut claims = claims("u-1", "t-1");
            claims["iss"] = issuer;
            claims["aud"] = audience;
            signed_with(&json!({ "alg": "HS256" }), &claims, SECRET, Algorithm::HS256)
        };

        Client::connect(server.address(), &token(json!("https://login.example"), json!(["streamer"]))).await;
        let other_issuer =
            refused(server.address(), &token(json!("https://other.example"), json!("streamer"))).await;
        let no_audience =
            refused(server.address(), &token(json!("https://login.example"), json!(null))).await;

        assert_eq!((other_issuer.0, no_audience.0), (401, 401));
        assert!(other_issuer.1.contains("`iss`") && no_audience.1.contains("`aud`"));
    }
}

mod flags {
    use super::*;

    fn why_not(arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let mut command = streamer();
        command.args(["serve", "--json", "--db", "memory:", "--listen", "127.0.0.1:0"]).args(arguments);
        let output = run(command.envs(variables.iter().copied()));
        let error: Value = serde_json::from_slice(&output.stderr).unwrap();
        assert_eq!(
            (output.status.code(), &error["error"]["kind"]),
            (Some(2), &json!("configuration")),
            "{error}"
        );
        error["error"]["message"].as_str().unwrap().to_owned()
    }

    #[test]
    fn name_one_key() {
        let two = why_not(&["--jwt-public-key", "a", "--jwks", "b"], &[]);
        let one_of_them_a_variable = why_not(&["--jwks", "b"], &[("STREAMER_JWT_HS256_SECRET_FILE", "a")]);

        assert!(two.contains("set one") && one_of_them_a_variable.contains("set one"), "{two}");
    }

    #[test]
    fn of_issuer_and_audience_need_a_key() {
        assert!(why_not(&["--jwt-issuer", "i"], &[]).contains("need the issuer's key"));
        assert!(why_not(&["--jwt-audience", "a"], &[]).contains("need the issuer's key"));
    }

    #[test]
    fn of_issuer_and_audience_are_no_empty_text() {
        for flag in ["--jwt-issuer", "--jwt-audience"] {
            assert!(why_not(&[flag, ""], &[]).contains(flag));
        }
    }

    #[test]
    fn name_the_file_that_is_of_no_use() {
        for flag in ["--jwt-public-key", "--jwks"] {
            let message = why_not(&[flag, "/nowhere/key"], &[]);

            assert!(message.contains("`/nowhere/key`"), "{message}");
        }
    }
}
