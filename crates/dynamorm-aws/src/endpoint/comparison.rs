//! Every rule against AWS's own resolver, over all combinations of what an endpoint depends on.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use aws_sdk_dynamodb::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_smithy_runtime_api::http::Request;
use aws_smithy_types::Document;
use aws_types::endpoint_config::AccountIdEndpointMode;

use super::{
    error::EndpointError,
    partition::Partition,
    resolved::ResolvedEndpoint,
    rules::{EndpointRules, EndpointSettings},
};

/// The regions in the `partitions.json` of `aws-sdk-dynamodb` 1.136.
const KNOWN_REGIONS: &str = "
    af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ap-northeast-3 ap-south-1 ap-south-2
    ap-southeast-1 ap-southeast-2 ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-6 ap-southeast-7
    aws-global ca-central-1 ca-west-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 eu-south-2 eu-west-1
    eu-west-2 eu-west-3 il-central-1 me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 us-east-2
    us-west-1 us-west-2 aws-cn-global cn-north-1 cn-northwest-1 eusc-de-east-1 aws-iso-global us-iso-east-1
    us-iso-west-1 aws-iso-b-global us-isob-east-1 us-isob-west-1 aws-iso-e-global eu-isoe-west-1
    aws-iso-f-global us-isof-east-1 us-isof-south-1 aws-us-gov-global us-gov-east-1 us-gov-west-1";

/// Regions that no list has, for each prefix of each partition's `regionRegex`.
const REGIONS_TO_COME: &str = "
    us-moon-9 eu-moon-9 ap-moon-9 sa-moon-9 ca-moon-9 me-moon-9 af-moon-9 il-moon-9 mx-moon1-10 cn-moon-9
    eusc-de-moon-9 us-iso-moon-9 us-isob-moon-9 eu-isoe-moon-9 us-isof-moon-9 us-gov-moon-9";

/// What is no region, or is none of a known form.
const NONSENSE: &[&str] = &[
    "",
    "local",
    "LOCAL",
    "EU-WEST-1",
    "CN-NORTH-1",
    "eu.west.1",
    "eu..west",
    "-eu-west-1",
    "eu-west-1-",
    "eu_west_1",
    "us-iso_b-moon-9",
    "eu west 1",
    "eü-west-1",
    "eusc-fr-east-1",
    "cn-north",
    "us-gov-west-",
    "us-gov-west-1a",
    "us-gov-west-one",
    "cn--1",
    "xx-moon-9",
    "1",
    LABEL_63,
    LABEL_64,
];

const LABEL_63: &str = "123456789-123456789-123456789-123456789-123456789-123456789-123";
const LABEL_64: &str = "123456789-123456789-123456789-123456789-123456789-123456789-1234";

const ACCOUNTS: &[Option<&str>] = &[
    None,
    Some("123456789012"),
    Some("a-label"),
    Some(LABEL_63),
    Some(LABEL_64),
    Some("no_label"),
    Some("1234.5678"),
    Some(""),
];

/// The mode as AWS's rules take it, and ours. Without a mode they know no accounts.
const MODES: &[(Option<&str>, AccountIdEndpointMode)] = &[
    (None, AccountIdEndpointMode::Disabled),
    (Some("preferred"), AccountIdEndpointMode::Preferred),
    (Some("disabled"), AccountIdEndpointMode::Disabled),
    (Some("required"), AccountIdEndpointMode::Required),
];

/// How an operation tells AWS's rules which tables it concerns.
#[derive(Clone, Copy, Debug)]
enum TableParameter {
    /// `ResourceArn`: operations on one table.
    One,
    /// `ResourceArnList`: batches and transactions.
    List,
}

const TABLE_PARAMETERS: [TableParameter; 2] = [TableParameter::One, TableParameter::List];

fn regions() -> impl Iterator<Item = Option<&'static str>> {
    let named = [KNOWN_REGIONS, REGIONS_TO_COME].into_iter().flat_map(str::split_whitespace);
    std::iter::once(None).chain(named.chain(NONSENSE.iter().copied()).map(Some))
}

/// The forms of a table, most of them about `region`.
fn tables(region: &str) -> [Option<String>; 12] {
    let arn = |partition: &str, service: &str, region: &str, account: &str| {
        Some(format!("arn:{partition}:{service}:{region}:{account}:table/orders"))
    };
    [
        None,
        Some("orders".to_owned()),
        arn("aws", "dynamodb", region, "222222222222"),
        arn("aws-cn", "dynamodb", region, "333333333333"),
        arn("aws", "dynamodb", "ap-south-1", "444444444444"),
        arn("aws-cn", "dynamodb", "cn-north-1", "555555555555"),
        arn("aws", "dynamodb", region, "no_label"),
        arn("aws", "dynamodb", region, ""),
        arn("aws", "s3", region, "222222222222"),
        arn("", "dynamodb", region, "222222222222"),
        Some(format!("arn:aws:dynamodb:{region}:222222222222")),
        Some(format!("arn:aws:dynamodb:{region}:222222222222:")),
    ]
}

/// No endpoint, and those that a configuration may name instead.
fn endpoints(region: &str) -> [Option<String>; 9] {
    let own_suffix = Partition::of(region).dual_stack_dns_suffix;
    [
        None,
        Some("http://localhost:8000".to_owned()),
        Some("https://proxy.example.com/a/b/".to_owned()),
        Some(format!("https://dynamodb.{region}.api.aws")),
        Some(format!("https://dynamodb.{region}.{own_suffix}")),
        Some(format!("http://search-dynamodb.{region}.{own_suffix}/a")),
        Some(format!("https://dynamodb.{region}.{own_suffix}:443")),
        Some("no url".to_owned()),
        Some("localhost:8000".to_owned()),
    ]
}

/// What is compared.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    url: String,
    signing: Option<(String, String)>,
}

struct Aws(DefaultResolver);

impl Aws {
    /// What AWS's client makes of `params`; it refuses a URL that no request can be sent to.
    fn resolve(&self, params: &Params) -> Option<Outcome> {
        let future = pin!(self.0.resolve_endpoint(params));
        let Poll::Ready(endpoint) = future.poll(&mut Context::from_waker(Waker::noop())) else {
            panic!("AWS's resolver waits");
        };
        let endpoint = endpoint.ok()?;
        let mut request = Request::empty();
        request.set_uri("/").unwrap();
        request.uri_mut().set_endpoint(endpoint.url()).ok()?;
        let signing = endpoint.auth_schemes().first().map(|scheme| {
            let text = |key: &str| scheme.get(key).and_then(Document::as_string).unwrap().to_owned();
            (text("signingRegion"), text("signingName"))
        });
        Some(Outcome { url: endpoint.url().to_owned(), signing })
    }
}

fn outcome(endpoint: &ResolvedEndpoint) -> Outcome {
    Outcome {
        url: endpoint.url().to_owned(),
        signing: endpoint.signing().map(|signing| (signing.region.to_owned(), signing.name.to_owned())),
    }
}

/// How many combinations were compared, and what they came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    compared: usize,
    refused: usize,
    account_based: usize,
}

/// A request, as far as an endpoint depends on it.
struct Asked<'a> {
    table: &'a Option<String>,
    parameter: TableParameter,
    account_id: Option<&'static str>,
}

/// The requests that a configuration is compared for.
///
/// AWS's rules ask for neither account nor table once they have a configured endpoint, which is the first they ask for:
/// there all requests are tried in a few regions, and in the others one that says nothing and one with an account and
/// a table's ARN.
fn requests<'a>(settings: &EndpointSettings, tables: &'a [Option<String>]) -> Vec<Asked<'a>> {
    let few = settings.endpoint_url.is_some()
        && !matches!(settings.region.as_deref(), None | Some("local" | "eu-west-1" | "us-gov-west-1"));
    let all = tables.iter().flat_map(|table| {
        TABLE_PARAMETERS.into_iter().flat_map(move |parameter| {
            ACCOUNTS.iter().map(move |account_id| Asked { table, parameter, account_id: *account_id })
        })
    });
    if few {
        let says_much = |asked: &Asked<'_>| {
            asked.account_id == ACCOUNTS[1]
                && asked.table.as_ref().is_some_and(|table| table.starts_with("arn:"))
        };
        let says_nothing = |asked: &Asked<'_>| asked.account_id.is_none() && asked.table.is_none();
        all.clone().find(says_nothing).into_iter().chain(all.clone().find(says_much)).collect()
    } else {
        all.collect()
    }
}

/// Compares every request under one configuration.
fn compare(aws: &Aws, settings: &EndpointSettings, mode: Option<&str>, tally: &mut Tally) {
    let rules = EndpointRules::new(settings.clone());
    let tables = tables(settings.region.as_deref().unwrap_or("eu-west-1"));
    for Asked { table, parameter, account_id } in requests(settings, &tables) {
        let params = Params::builder()
            .set_region(settings.region.clone())
            .use_fips(settings.use_fips)
            .use_dual_stack(settings.use_dual_stack)
            .set_endpoint(settings.endpoint_url.clone())
            .set_account_id_endpoint_mode(mode.map(str::to_owned))
            .set_account_id(account_id.map(str::to_owned));
        let params = match parameter {
            TableParameter::One => params.set_resource_arn(table.clone()),
            TableParameter::List => {
                let second = table.is_some().then(|| "other".to_owned());
                params.set_resource_arn_list(Some(table.iter().cloned().chain(second).collect()))
            }
        };
        let theirs = params.build().ok().and_then(|params| aws.resolve(&params));
        let ours = rules.as_ref().map_err(EndpointError::clone);
        let ours = ours.and_then(|rules| rules.resolve(account_id, table.as_deref()));

        let refusal = ours.as_ref().err().cloned();
        let ours = ours.ok().map(|endpoint| outcome(&endpoint));
        assert_eq!(
            ours, theirs,
            "ours and AWS's for {settings:?}, mode {mode:?}, account {account_id:?}, table {table:?} as \
             {parameter:?}; refusal {refusal:?}"
        );
        tally.compared += 1;
        tally.refused += usize::from(refusal.is_some());
        tally.account_based += usize::from(ours.is_some_and(|ours| ours.url.contains(".ddb.")));
    }
}

mod endpoint_rules {
    use super::*;

    #[test]
    fn answer_as_aws_resolver_does() {
        let aws = Aws(DefaultResolver::new());
        let mut tally = Tally::default();

        for region in regions() {
            for endpoint_url in endpoints(region.unwrap_or("eu-west-1")) {
                for (use_fips, use_dual_stack) in [(false, false), (false, true), (true, false), (true, true)]
                {
                    for (mode, account_id_endpoint_mode) in MODES {
                        let settings = EndpointSettings {
                            region: region.map(str::to_owned),
                            use_fips,
                            use_dual_stack,
                            endpoint_url: endpoint_url.clone(),
                            account_id_endpoint_mode: account_id_endpoint_mode.clone(),
                        };
                        compare(&aws, &settings, *mode, &mut tally);
                    }
                }
            }
        }

        // A loop that tries nothing, or only what both refuse, would prove nothing.
        assert_eq!(tally, Tally { compared: 406_784, refused: 199_664, account_based: 22_816 });
    }
}
