//! AWS Signature Version 4, both ways: what the loopback signs, the endpoint verifies.

use std::{
    hint::black_box,
    time::{Duration, SystemTime},
};

use aws_credential_types::Credentials;
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_types::date_time::{DateTime, Format};
use hyper::{HeaderMap, header};

/// The access key id that the loopback names. The endpoint takes any: only the secret counts.
const ACCESS_KEY_ID: &str = "dynamorm";
const REGION: &str = "local";
const SERVICE: &str = "dynamodb";
const ALGORITHM: &str = "AWS4-HMAC-SHA256 ";
const DATE: &str = "x-amz-date";

/// Headers that a signature must cover: without them the operation could be exchanged or the request sent elsewhere.
const REQUIRED: [&str; 3] = ["host", DATE, "x-amz-target"];

/// How far a request's date may be from the clock, as with
/// [AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/signing-elements.html).
const MAX_SKEW: Duration = Duration::from_secs(15 * 60);

/// The headers that make a request a signed one.
pub(crate) type Headers = Vec<(&'static str, String)>;

/// Why a request counts as not signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    /// There is no signature, or it cannot be read.
    Missing,
    /// The date is too far from the clock.
    Expired,
    /// The signature is another one.
    Wrong,
}

/// The headers `x-amz-date` and `authorization` for a `POST /`, which covers `headers` and `body`.
pub(crate) fn sign_now(
    headers: &[(&str, &str)],
    body: &[u8],
    secret: &str,
) -> Result<Headers, SigningFailed> {
    let scope = Scope { access_key_id: ACCESS_KEY_ID, region: REGION, service: SERVICE };
    let (headers, _) = sign_at(SystemTime::now(), &scope, headers, body, secret)?;
    Ok(headers)
}

/// Verifies that a `POST /` is signed with `secret`, over its body and now.
pub(crate) fn verify(
    headers: &HeaderMap,
    body: &[u8],
    secret: &str,
    now: SystemTime,
) -> Result<(), Unsigned> {
    let authorization = Authorization::read(headers).ok_or(Unsigned::Missing)?;
    let date = text(headers, DATE).and_then(read_date).ok_or(Unsigned::Missing)?;
    let skew = now.duration_since(date).unwrap_or_else(|ahead| ahead.duration());
    if skew > MAX_SKEW {
        return Err(Unsigned::Expired);
    }
    if !REQUIRED.iter().all(|name| authorization.signed_headers.contains(name)) {
        return Err(Unsigned::Missing);
    }
    let mut signed = Vec::with_capacity(authorization.signed_headers.len());
    for name in &authorization.signed_headers {
        for value in headers.get_all(*name) {
            signed.push((*name, value.to_str().map_err(|_| Unsigned::Missing)?));
        }
    }
    let (_, signature) =
        sign_at(date, &authorization.scope, &signed, body, secret).map_err(|_| Unsigned::Missing)?;
    if equal_in_constant_time(signature.as_bytes(), authorization.signature.as_bytes()) {
        Ok(())
    } else {
        Err(Unsigned::Wrong)
    }
}

/// The request cannot be put into the form that is signed.
#[derive(Debug)]
pub(crate) struct SigningFailed;

/// What an `Authorization` header says.
struct Authorization<'a> {
    scope: Scope<'a>,
    signed_headers: Vec<&'a str>,
    signature: &'a str,
}

struct Scope<'a> {
    access_key_id: &'a str,
    region: &'a str,
    service: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads `AWS4-HMAC-SHA256 Credential=<id>/<day>/<region>/<service>/aws4_request, SignedHeaders=<a;b>, Signature=<hex>`.
    fn read(headers: &'a HeaderMap) -> Option<Self> {
        let fields = text(headers, header::AUTHORIZATION.as_str())?.strip_prefix(ALGORITHM)?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for field in fields.split(',') {
            match field.trim().split_once('=')? {
                ("Credential", value) => credential = Some(value),
                ("SignedHeaders", value) => signed_headers = Some(value.split(';').collect()),
                ("Signature", value) => signature = Some(value),
                _ => return None,
            }
        }
        // An access key id may hold slashes; the four parts after it may not. The day is checked through the
        // signature, whose key is made from the request's own date.
        let mut parts = credential?.rsplitn(5, '/');
        let ("aws4_request", service, region, _day) =
            (parts.next()?, parts.next()?, parts.next()?, parts.next()?)
        else {
            return None;
        };
        let scope = Scope { access_key_id: parts.next()?, region, service };
        Some(Self { scope, signed_headers: signed_headers?, signature: signature? })
    }
}

fn sign_at(
    date: SystemTime,
    scope: &Scope<'_>,
    headers: &[(&str, &str)],
    body: &[u8],
    secret: &str,
) -> Result<(Headers, String), SigningFailed> {
    let identity = Credentials::new(scope.access_key_id, secret, None, None, "dynamorm").into();
    let mut settings = SigningSettings::default();
    // The signature covers exactly the headers given, whichever the client chose.
    settings.excluded_headers = None;
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(date)
        .settings(settings)
        .build()
        .map_err(|_| SigningFailed)?
        .into();
    let request = SignableRequest::new("POST", "/", headers.iter().copied(), SignableBody::Bytes(body))
        .map_err(|_| SigningFailed)?;
    let (instructions, signature) = sign(request, &params).map_err(|_| SigningFailed)?.into_parts();
    let (headers, _) = instructions.into_parts();
    Ok((headers.iter().map(|header| (header.name(), header.value().to_owned())).collect(), signature))
}

/// Reads `20261122T130000Z`.
fn read_date(text: &str) -> Option<SystemTime> {
    let digits = |range: std::ops::Range<usize>| {
        text.get(range).filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    if text.len() != 16 || text.get(8..9) != Some("T") || !text.ends_with('Z') {
        return None;
    }
    let (year, month, day) = (digits(0..4)?, digits(4..6)?, digits(6..8)?);
    let (hour, minute, second) = (digits(9..11)?, digits(11..13)?, digits(13..15)?);
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    DateTime::from_str(&text, Format::DateTime).ok()?.try_into().ok()
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Compares without telling by its duration how far two texts agree.
fn equal_in_constant_time(left: &[u8], right: &[u8]) -> bool {
    let differing =
        left.iter().zip(right).fold(0, |differing, (left, right)| black_box(differing | (left ^ right)));
    left.len() == right.len() && differing == 0
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use hyper::{HeaderMap, header::HeaderValue};

    use super::{MAX_SKEW, Unsigned, read_date, sign_now, verify};

    const BODY: &[u8] = br#"{"TableName":"items"}"#;

    fn signed(secret: &str) -> HeaderMap {
        let plain = [("host", "127.0.0.1:8000"), ("x-amz-target", "DynamoDB_20120810.Scan")];
        let signature = sign_now(&plain, BODY, secret).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in
            plain.into_iter().chain(signature.iter().map(|(name, value)| (*name, value.as_str())))
        {
            headers.insert(
                hyper::header::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        headers
    }

    #[test]
    fn its_own_signature_is_verified() {
        assert_eq!(verify(&signed("secret"), BODY, "secret", SystemTime::now()), Ok(()));
    }

    /// What botocore 1.x sends, its clock set, with the key of AWS's examples.
    #[test]
    fn botocores_signature_is_verified() {
        let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
        let authorization = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261122/eu-west-1/dynamodb/aws4_request, \
            SignedHeaders=amz-sdk-invocation-id;amz-sdk-request;content-type;host;x-amz-date;x-amz-target, \
            Signature=255849f362e6c98a28fb6a89029b0d3da4fb116e0d896e5f3c5af397dc7cfd4c";
        let mut headers = HeaderMap::new();
        headers.insert("host", HeaderValue::from_static("127.0.0.1:8000"));
        headers.insert("x-amz-target", HeaderValue::from_static("DynamoDB_20120810.DescribeTable"));
        headers.insert("content-type", HeaderValue::from_static("application/x-amz-json-1.0"));
        headers.insert("user-agent", HeaderValue::from_static("Boto3"));
        headers.insert("amz-sdk-invocation-id", HeaderValue::from_static("abc"));
        headers.insert("amz-sdk-request", HeaderValue::from_static("attempt=1"));
        headers.insert("x-amz-date", HeaderValue::from_static("20261122T130000Z"));
        headers.insert("authorization", HeaderValue::from_static(authorization));
        let now = read_date("20261122T130500Z").unwrap();

        assert_eq!(verify(&headers, BODY, secret, now), Ok(()));
    }

    #[test]
    fn another_secret_body_or_operation_is_wrong() {
        let headers = signed("secret");
        let mut exchanged = headers.clone();
        exchanged.insert("x-amz-target", HeaderValue::from_static("DynamoDB_20120810.DeleteTable"));
        let now = SystemTime::now();

        assert_eq!(verify(&headers, BODY, "other", now), Err(Unsigned::Wrong));
        assert_eq!(verify(&headers, b"{}", "secret", now), Err(Unsigned::Wrong));
        assert_eq!(verify(&exchanged, BODY, "secret", now), Err(Unsigned::Wrong));
    }

    #[test]
    fn a_date_beyond_a_quarter_of_an_hour_is_expired() {
        let headers = signed("secret");
        let late = SystemTime::now() + MAX_SKEW + Duration::from_secs(5);
        let early = SystemTime::now() - MAX_SKEW - Duration::from_secs(5);

        assert_eq!(verify(&headers, BODY, "secret", late), Err(Unsigned::Expired));
        assert_eq!(verify(&headers, BODY, "secret", early), Err(Unsigned::Expired));
    }

    #[test]
    fn a_signature_that_leaves_out_the_operation_counts_as_missing() {
        let mut headers = signed("secret");
        let authorization = headers["authorization"].to_str().unwrap().replace(";x-amz-target", "");
        headers.insert("authorization", authorization.parse().unwrap());

        assert_eq!(verify(&headers, BODY, "secret", SystemTime::now()), Err(Unsigned::Missing));
    }

    #[test]
    fn an_unreadable_authorization_counts_as_missing() {
        for text in [
            "",
            "Basic abc",
            "AWS4-HMAC-SHA256 ",
            "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=, Signature=",
        ] {
            let mut headers = signed("secret");
            headers.insert("authorization", text.parse().unwrap());

            assert_eq!(verify(&headers, BODY, "secret", SystemTime::now()), Err(Unsigned::Missing), "{text}");
        }
    }

    /// The instant of AWS's own example of the algorithm.
    #[test]
    fn dates_are_read_in_the_basic_format_only() {
        let date = SystemTime::UNIX_EPOCH + Duration::from_secs(1_440_938_160);

        assert_eq!(read_date("20150830T123600Z"), Some(date));
        for text in ["2015-08-30T12:36:00Z", "20150830T123600", "20151330T123600Z", "2015083éT123600Z"] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
