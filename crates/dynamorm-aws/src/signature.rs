//! AWS Signature Version 4 of the one shape that a request to DynamoDB has: `POST` to one path, without a query.
//!
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>. The canonical request goes straight
//! into the hash, and the key that is derived from the secret is kept for the day.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_sigv4::sign::v4::generate_signing_key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

const HEX: &[u8; 16] = b"0123456789abcdef";
const SECONDS_A_DAY: u64 = 86_400;

/// What a request is signed for.
#[derive(Clone, Copy)]
pub(crate) struct Scope<'a> {
    pub(crate) access_key_id: &'a str,
    pub(crate) secret_access_key: &'a str,
    pub(crate) session_token: Option<&'a str>,
    pub(crate) region: &'a str,
    pub(crate) service: &'a str,
}

/// What of a request the signature covers.
#[derive(Clone, Copy)]
pub(crate) struct Signed<'a> {
    /// The path, which holds nothing that has to be escaped or taken out: `EndpointUrl` sees to it.
    pub(crate) path: &'a str,
    pub(crate) content_type: &'a str,
    pub(crate) host: &'a str,
    pub(crate) target: &'a str,
    pub(crate) body: &'a [u8],
}

/// The values of the headers that make a request a signed one, beside the session token's.
pub(crate) struct Signature {
    /// `x-amz-date`
    pub(crate) date: String,
    /// `authorization`
    pub(crate) authorization: String,
}

/// Signs requests, and remembers the key of the day.
#[derive(Default)]
pub(crate) struct Signer {
    derived: RwLock<Option<Arc<DerivedKey>>>,
}

/// The key that a secret gives for a day, a region and a service; its first block is hashed already.
struct DerivedKey {
    secret_access_key: String,
    region: String,
    service: String,
    day: u64,
    mac: Hmac<Sha256>,
}

impl Signer {
    /// Signs a request for the instant `time`.
    pub(crate) fn sign(&self, scope: &Scope<'_>, request: &Signed<'_>, time: SystemTime) -> Signature {
        let seconds = time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let date = basic_date(seconds);
        let day = &date[..8];
        let signed_headers = match scope.session_token {
            Some(_) => "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",
            None => "content-type;host;x-amz-date;x-amz-target",
        };

        let mut canonical = Sha256::new();
        for part in ["POST\n", request.path, "\n\n"] {
            canonical.update(part);
        }
        let mut header = |name: &str, value: &str| {
            for part in [name, ":"] {
                canonical.update(part);
            }
            trimmed(value, |part| canonical.update(part));
            canonical.update("\n");
        };
        header("content-type", request.content_type);
        header("host", request.host);
        header("x-amz-date", &date);
        if let Some(token) = scope.session_token {
            header("x-amz-security-token", token);
        }
        header("x-amz-target", request.target);
        for part in ["\n", signed_headers, "\n"] {
            canonical.update(part);
        }
        canonical.update(hex(&Sha256::digest(request.body)));

        let mut mac = self.key(scope, seconds / SECONDS_A_DAY, time).mac.clone();
        for part in
            ["AWS4-HMAC-SHA256\n", &date, "\n", day, "/", scope.region, "/", scope.service, "/aws4_request\n"]
        {
            mac.update(part.as_bytes());
        }
        mac.update(&hex(&canonical.finalize()));
        let signature = hex(&mac.finalize().into_bytes());

        let mut authorization = String::with_capacity(256);
        for part in [
            "AWS4-HMAC-SHA256 Credential=",
            scope.access_key_id,
            "/",
            day,
            "/",
            scope.region,
            "/",
            scope.service,
            "/aws4_request, SignedHeaders=",
            signed_headers,
            ", Signature=",
        ] {
            authorization.push_str(part);
        }
        authorization.extend(signature.iter().map(|digit| char::from(*digit)));
        Signature { date, authorization }
    }

    fn key(&self, scope: &Scope<'_>, day: u64, time: SystemTime) -> Arc<DerivedKey> {
        let derived = self.derived.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = derived.as_ref().filter(|key| key.is_for(scope, day)) {
            return Arc::clone(key);
        }
        drop(derived);
        let key = generate_signing_key(scope.secret_access_key, time, scope.region, scope.service);
        let Ok(mac) = Hmac::new_from_slice(key.as_ref()) else {
            unreachable!("HMAC takes a key of any length")
        };
        let key = Arc::new(DerivedKey {
            secret_access_key: scope.secret_access_key.to_owned(),
            region: scope.region.to_owned(),
            service: scope.service.to_owned(),
            day,
            mac,
        });
        *self.derived.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&key));
        key
    }
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer")
    }
}

impl DerivedKey {
    fn is_for(&self, scope: &Scope<'_>, day: u64) -> bool {
        self.day == day
            && self.secret_access_key == scope.secret_access_key
            && self.region == scope.region
            && self.service == scope.service
    }
}

/// A header's value as it is signed: without white space at its ends, and with one space for each run within.
fn trimmed<'a>(value: &'a str, mut each: impl FnMut(&'a str)) {
    if !value.contains("  ") {
        return each(value.trim_matches(' '));
    }
    for (position, word) in value.split(' ').filter(|word| !word.is_empty()).enumerate() {
        if position > 0 {
            each(" ");
        }
        each(word);
    }
}

/// An instant in the basic format of ISO 8601: `20261122T093413Z`.
fn basic_date(seconds: u64) -> String {
    let (year, month, day) = civil(seconds / SECONDS_A_DAY);
    let rest = seconds % SECONDS_A_DAY;
    let mut date = String::with_capacity(16);
    let mut digits = |value: u64, divisors: &[u64]| {
        date.extend(divisors.iter().map(|divisor| char::from(b'0' + (value / divisor % 10) as u8)));
    };
    digits(year, &[1000, 100, 10, 1]);
    digits(month, &[10, 1]);
    digits(day, &[10, 1]);
    date.push('T');
    let mut digits = |value: u64| {
        date.extend([value / 10, value % 10].map(|digit| char::from(b'0' + digit as u8)));
    };
    digits(rest / 3600);
    digits(rest / 60 % 60);
    digits(rest % 60);
    date.push('Z');
    date
}

/// The year, month and day of a day since 1970, by Howard Hinnant's
/// [`civil_from_days`](https://howardhinnant.github.io/date_algorithms.html#civil_from_days).
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let day_of_era = shifted % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (year_of_era + era * 400 + u64::from(month <= 2), month, day)
}

fn hex(bytes: &[u8]) -> [u8; 64] {
    let mut digits = [0; 64];
    for (pair, byte) in digits.chunks_exact_mut(2).zip(bytes) {
        pair[0] = HEX[usize::from(byte >> 4)];
        pair[1] = HEX[usize::from(byte & 15)];
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_credential_types::Credentials;
    use aws_sigv4::{
        http_request::{SignableBody, SignableRequest, SigningSettings, sign},
        sign::v4::SigningParams,
    };
    use proptest::prelude::*;

    use super::*;

    /// The headers that AWS's signer makes.
    fn by_aws(scope: &Scope<'_>, request: &Signed<'_>, time: SystemTime) -> (String, String) {
        let token = scope.session_token.map(str::to_owned);
        let identity =
            Credentials::new(scope.access_key_id, scope.secret_access_key, token, None, "test").into();
        let params = SigningParams::builder()
            .identity(&identity)
            .region(scope.region)
            .name(scope.service)
            .time(time)
            .settings(SigningSettings::default())
            .build()
            .unwrap()
            .into();
        let headers = [
            ("content-type", request.content_type),
            ("host", request.host),
            ("x-amz-target", request.target),
        ];
        let uri = format!("https://{}{}", request.host, request.path);
        let signable =
            SignableRequest::new("POST", &uri, headers.into_iter(), SignableBody::Bytes(request.body))
                .unwrap();
        let (instructions, _) = sign(signable, &params).unwrap().into_parts();
        let (headers, _) = instructions.into_parts();
        let value = |name| headers.iter().find(|header| header.name() == name).unwrap().value().to_owned();
        (value("x-amz-date"), value("authorization"))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        /// Several requests by one signer, so that its key is made anew and found again.
        #[test]
        fn is_the_one_that_aws_computes(
            requests in prop::collection::vec(
                (
                    "[A-Z0-9]{16,20}",
                    "[A-Za-z0-9/+]{1,40}",
                    prop::option::of("[A-Za-z0-9/+=]{1,900}"),
                    "[a-z]{2}-[a-z]{4,9}-[1-9]",
                    "[a-z0-9.-]{1,60}(:[1-9][0-9]{3})?",
                    "(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,8}){0,2}/",
                    prop::collection::vec(any::<u8>(), 0..600),
                    0_u64..4_102_444_800,
                ),
                1..4,
            ),
        ) {
            let signer = Signer::default();
            for (id, secret, token, region, host, path, body, seconds) in &requests {
                let scope = Scope {
                    access_key_id: id,
                    secret_access_key: secret,
                    session_token: token.as_deref(),
                    region,
                    service: "dynamodb",
                };
                let request = Signed {
                    path,
                    content_type: "application/x-amz-json-1.0",
                    host,
                    target: "DynamoDB_20120810.UpdateItem",
                    body,
                };
                let time = UNIX_EPOCH + Duration::from_secs(*seconds);
                for _ in 0..2 {
                    let signature = signer.sign(&scope, &request, time);

                    let (date, authorization) = by_aws(&scope, &request, time);
                    prop_assert_eq!(&signature.date, &date);
                    prop_assert_eq!(&signature.authorization, &authorization);
                }
            }
        }
    }

    #[test]
    fn takes_another_key_when_the_secret_alone_changes() {
        let signer = Signer::default();
        let request = Signed { path: "/", content_type: "a", host: "b", target: "c", body: b"{}" };
        let scope = |secret_access_key| Scope {
            access_key_id: "id",
            secret_access_key,
            session_token: None,
            region: "eu-west-1",
            service: "dynamodb",
        };

        let first = signer.sign(&scope("one"), &request, UNIX_EPOCH);
        let second = signer.sign(&scope("two"), &request, UNIX_EPOCH);

        assert_ne!(first.authorization, second.authorization);
    }

    #[test]
    fn signs_values_without_needless_spaces() {
        let whole = |value| {
            let mut whole = String::new();
            trimmed(value, |part| whole.push_str(part));
            whole
        };

        assert_eq!(whole(" a  b   c "), "a b c");
        assert_eq!(whole(" a b "), "a b");
        assert_eq!(whole(""), "");
    }

    #[test]
    fn dates_days_around_leap_years() {
        for (seconds, date) in [
            (0, "19700101T000000Z"),
            (951_782_399, "20000228T235959Z"),
            (951_868_800, "20000301T000000Z"),
            (1_709_251_199, "20240229T235959Z"),
            (4_107_542_399, "21000228T235959Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(basic_date(seconds), date);
        }
    }
}
