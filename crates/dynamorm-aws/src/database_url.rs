use std::{borrow::Cow, str::FromStr};

use crate::{
    endpoint::{EndpointUrl, is_host_name},
    error::{Error, ErrorKind},
    quoted::Quoted,
};

const SCHEME: &str = "dynamodb";

const ENDPOINT: &str = "endpoint";
const PREFIX: &str = "prefix";

/// The longest prefix of tables' names. A name has at most 255 characters, and most of them are its own.
///
/// Source: [naming rules](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html).
const MAX_PREFIX: usize = 200;

/// Which DynamoDB to talk to, as one text: `dynamodb://<region>?endpoint=<url>&prefix=<table prefix>`.
///
/// Every part may be left out. `dynamodb:` is the DynamoDB of the region that the environment or the profile names;
/// `dynamodb://eu-west-1?endpoint=http://localhost:8000` is DynamoDB local. Values are percent-encoded where they need
/// it, as in a query of HTTP. Credentials have no place in it: they come from where AWS's tools look for them.
///
/// ```
/// # fn main() -> Result<(), dynamorm_aws::Error> {
/// let url: dynamorm_aws::DatabaseUrl = "dynamodb://eu-west-1?prefix=staging-".parse()?;
///
/// assert_eq!(url.region(), Some("eu-west-1"));
/// assert_eq!(url.prefix(), Some("staging-"));
/// assert_eq!(url.endpoint(), None);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DatabaseUrl {
    region: Option<String>,
    endpoint: Option<String>,
    prefix: Option<String>,
}

impl DatabaseUrl {
    /// The region; without one, it is that of the environment or the profile.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The URL to send to instead of AWS's endpoint, of `http` or `https` and with a host.
    pub fn endpoint(&self) -> Option<&str> {
        self.endpoint.as_deref()
    }

    /// What the names of all tables begin with.
    pub fn prefix(&self) -> Option<&str> {
        self.prefix.as_deref()
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// # Errors
    /// [`ErrorKind::Url`], in words that show no credentials, when the scheme is another, the region cannot be one, a
    /// parameter is unknown, empty, given twice or not what it should be, or there are credentials, a path or a fragment.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = match text.split_once(':') {
            Some((SCHEME, rest)) => rest,
            _ => return Err(invalid("the URL of the database does not begin with `dynamodb:`")),
        };
        let (authority, query) = rest.split_once('?').unwrap_or((rest, ""));
        // Before anything is quoted: what stands before an `@` may be a password, wherever and however it is written.
        if rest.contains('@') || rest.contains("%40") {
            return Err(invalid(
                "the URL of the database has an `@`, which stands after credentials; leave them out, they come from \
                 the environment, the profile or the machine's role",
            ));
        }
        if rest.contains('#') {
            return Err(invalid("the URL of the database has a fragment; write a `#` in a value as `%23`"));
        }
        let region = authority.strip_prefix("//").unwrap_or(authority);
        if region.contains('/') {
            return Err(invalid("the URL of the database has a path; write `dynamodb://<region>`"));
        }
        if region.contains(':') {
            return Err(invalid(
                "the URL of the database has a port or credentials in the place of the region; write \
                 `dynamodb://<region>?endpoint=http://<host>:<port>`",
            ));
        }
        if region.is_empty() {
            Self::default().with_parameters(query)
        } else if authority.starts_with("//") && is_host_name(region) {
            Self { region: Some(region.to_owned()), ..Self::default() }.with_parameters(query)
        } else {
            let region = Quoted(region);
            Err(invalid(format!(
                "the URL of the database has {region} for its region; write `dynamodb://<region>` with one such as \
                 `eu-west-1`"
            )))
        }
    }
}

impl DatabaseUrl {
    fn with_parameters(mut self, query: &str) -> Result<Self, Error> {
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                ENDPOINT => {
                    EndpointUrl::parse(&value).map_err(|error| invalid(format!("`{ENDPOINT}`: {error}")))?;
                    &mut self.endpoint
                }
                PREFIX => {
                    check_prefix(&value)?;
                    &mut self.prefix
                }
                _ => {
                    let name = Quoted(&name);
                    return Err(invalid(format!(
                        "the URL of the database has the unknown parameter {name}; the known ones are `{ENDPOINT}` \
                         and `{PREFIX}`"
                    )));
                }
            };
            if place.replace(value.into_owned()).is_some() {
                return Err(invalid(format!(
                    "the URL of the database has the parameter `{name}` twice; leave one out"
                )));
            }
        }
        Ok(self)
    }
}

fn check_prefix(prefix: &str) -> Result<(), Error> {
    if prefix.is_empty() {
        return Err(invalid(format!("`{PREFIX}` is empty; leave it out where tables have none")));
    }
    if prefix.len() > MAX_PREFIX {
        let length = prefix.len();
        return Err(invalid(format!("`{PREFIX}` has {length} bytes; the limit is {MAX_PREFIX}")));
    }
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if !prefix.bytes().all(is_allowed) {
        let prefix = Quoted(prefix);
        return Err(invalid(format!(
            "`{PREFIX}` is {prefix}; the name of a table has only letters from a to z, digits, `_`, `-` and `.`"
        )));
    }
    Ok(())
}

fn invalid(message: impl Into<Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Url, message)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str) -> DatabaseUrl {
        text.parse().unwrap()
    }

    fn refusal(text: &str) -> String {
        text.parse::<DatabaseUrl>().unwrap_err().to_string()
    }

    mod database_url {
        use super::*;

        #[test]
        fn names_a_region_an_endpoint_and_a_prefix() {
            let url = parse("dynamodb://eu-west-1?endpoint=http://localhost:8000&prefix=staging_1.a-");

            assert_eq!(url.region(), Some("eu-west-1"));
            assert_eq!(url.endpoint(), Some("http://localhost:8000"));
            assert_eq!(url.prefix(), Some("staging_1.a-"));
        }

        #[test]
        fn leaves_the_region_to_the_environment_where_it_has_none() {
            for text in ["dynamodb:", "dynamodb://", "dynamodb:?", "dynamodb://?"] {
                assert_eq!(parse(text), DatabaseUrl::default(), "{text}");
            }
            assert_eq!(parse("dynamodb:?prefix=a").prefix(), Some("a"));
        }

        #[test]
        fn decodes_values() {
            let url = parse("dynamodb://?endpoint=https%3A%2F%2Fexample.com%2Fa%7Eb");

            assert_eq!(url.endpoint(), Some("https://example.com/a~b"));
        }

        #[test]
        fn is_refused_with_what_to_write_instead() {
            for (text, expected) in [
                ("postgres://eu-west-1", "the URL of the database does not begin with `dynamodb:`"),
                ("eu-west-1", "the URL of the database does not begin with `dynamodb:`"),
                (
                    "dynamodb://eu_west",
                    "the URL of the database has `eu_west` for its region; write `dynamodb://<region>` with one such \
                     as `eu-west-1`",
                ),
                (
                    "dynamodb:eu-west-1",
                    "the URL of the database has `eu-west-1` for its region; write `dynamodb://<region>` with one \
                     such as `eu-west-1`",
                ),
                (
                    "dynamodb://localhost:8000",
                    "the URL of the database has a port or credentials in the place of the region; write \
                     `dynamodb://<region>?endpoint=http://<host>:<port>`",
                ),
                (
                    "dynamodb://eu-west-1/orders",
                    "the URL of the database has a path; write `dynamodb://<region>`",
                ),
                (
                    "dynamodb://eu-west-1#a",
                    "the URL of the database has a fragment; write a `#` in a value as `%23`",
                ),
                (
                    "dynamodb://?table=a",
                    "the URL of the database has the unknown parameter `table`; the known ones are `endpoint` and \
                     `prefix`",
                ),
                (
                    "dynamodb://?prefix=a&prefix=a",
                    "the URL of the database has the parameter `prefix` twice; leave one out",
                ),
                (
                    "dynamodb://?endpoint=localhost:8000",
                    "`endpoint`: `localhost:8000` is not the URL of an endpoint: it begins with neither `http://` nor \
                     `https://`; write `http://<host>:<port>` or `https://<host>`",
                ),
                (
                    "dynamodb://?prefix=a/b",
                    "`prefix` is `a/b`; the name of a table has only letters from a to z, digits, `_`, `-` and `.`",
                ),
                ("dynamodb://?prefix=", "`prefix` is empty; leave it out where tables have none"),
            ] {
                assert_eq!(refusal(text), expected, "{text}");
            }
        }

        #[test]
        fn has_no_empty_endpoint() {
            // It would mean AWS's own, where somebody's variable for a local one is not set.
            assert!(
                refusal("dynamodb://?endpoint=").starts_with("`endpoint`: `` is not the URL of an endpoint")
            );
        }

        #[test]
        fn has_a_prefix_of_two_hundred_characters_and_not_one_more() {
            let url = |length| format!("dynamodb://?prefix={}", "a".repeat(length));

            assert_eq!(parse(&url(MAX_PREFIX)).prefix().map(str::len), Some(MAX_PREFIX));
            assert_eq!(refusal(&url(MAX_PREFIX + 1)), "`prefix` has 201 bytes; the limit is 200");
        }

        #[test]
        fn holds_no_credentials_and_does_not_show_them() {
            for text in [
                "dynamodb://AKIA:s3cr3t@eu-west-1",
                "dynamodb:AKIA:s3cr3t@eu-west-1",
                "dynamodb://AKIA:s3cr3t",
                "postgres://AKIA:s3cr3t@eu-west-1",
                "dynamodb://?endpoint=http://AKIA:s3cr3t@localhost",
                "dynamodb://?endpoint=http://AKIA:s3cr3t%40localhost",
                "dynamodb://?AKIA:s3cr3t%40=a",
                "dynamodb://?prefix=AKIA:s3cr3t%40",
            ] {
                let shown = refusal(text);

                assert!(!shown.contains("AKIA") && !shown.contains("s3cr3t"), "{text}: {shown}");
            }
        }

        /// A secret that no message of ours holds by chance.
        const SECRET: &str = "ZQ9ZQ9ZQ9";

        proptest! {
            #[test]
            fn never_panics(text in any::<String>(), url in "dynamodb:(//)?[a-z0-9:/?#&=%.-]{0,60}") {
                let _ = text.parse::<DatabaseUrl>();
                let _ = url.parse::<DatabaseUrl>();
            }

            #[test]
            fn never_shows_what_stands_before_an_at_sign(
                before in "[a-z0-9:/?#&=%.-]{0,20}",
                between in "[a-z0-9:/?#&=%.-]{0,20}",
                after in any::<String>(),
                at in prop::sample::select(vec!["@", "%40"]),
                place in prop::sample::select(
                    vec!["dynamodb:", "dynamodb://", "dynamodb:?", "dynamodb://?endpoint=http://", "dynamodb:?prefix=", ""]
                ),
            ) {
                let text = format!("{place}{before}{SECRET}{between}{at}{after}");

                if let Err(error) = text.parse::<DatabaseUrl>() {
                    prop_assert!(!format!("{error} {error:?}").contains(SECRET), "{text}: {error}");
                }
            }
        }
    }
}
