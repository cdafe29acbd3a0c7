//! What the rules come to, to be read.

use aws_types::endpoint_config::AccountIdEndpointMode;

use super::{
    error::EndpointError,
    rules::{EndpointRules, EndpointSettings},
};

const ACCOUNT: &str = "123456789012";

fn settings(region: &str) -> EndpointSettings {
    EndpointSettings { region: Some(region.to_owned()), ..EndpointSettings::default() }
}

/// The URL under `settings` for credentials of [`ACCOUNT`] and a table of a plain name.
fn url(settings: EndpointSettings) -> String {
    url_for(settings, Some(ACCOUNT), "orders")
}

fn url_for(settings: EndpointSettings, account_id: Option<&str>, table: &str) -> String {
    let rules = EndpointRules::new(settings).unwrap();
    rules.resolve(account_id, Some(table)).unwrap().url().to_owned()
}

mod endpoint {
    use super::*;

    #[test]
    fn is_that_of_the_region() {
        for (region, expected) in [
            ("eu-west-1", "https://dynamodb.eu-west-1.amazonaws.com"),
            ("cn-north-1", "https://dynamodb.cn-north-1.amazonaws.com.cn"),
            ("us-gov-west-1", "https://dynamodb.us-gov-west-1.amazonaws.com"),
            ("eusc-de-east-1", "https://dynamodb.eusc-de-east-1.amazonaws.eu"),
            ("us-iso-east-1", "https://dynamodb.us-iso-east-1.c2s.ic.gov"),
            ("mars-east-1", "https://dynamodb.mars-east-1.amazonaws.com"),
        ] {
            assert_eq!(url_for(settings(region), None, "orders"), expected);
        }
    }

    #[test]
    fn is_that_of_the_account_where_the_account_is_known() {
        assert_eq!(url(settings("eu-west-1")), "https://123456789012.ddb.eu-west-1.amazonaws.com");
        assert_eq!(
            url(EndpointSettings { use_dual_stack: true, ..settings("eu-west-1") }),
            "https://123456789012.ddb.eu-west-1.api.aws"
        );
        assert_eq!(
            url(EndpointSettings {
                account_id_endpoint_mode: AccountIdEndpointMode::Disabled,
                ..settings("eu-west-1")
            }),
            "https://dynamodb.eu-west-1.amazonaws.com"
        );
        // The partition has no endpoints of an account.
        assert_eq!(url(settings("us-iso-east-1")), "https://dynamodb.us-iso-east-1.c2s.ic.gov");
    }

    #[test]
    fn is_that_of_the_account_in_the_table_arn_before_that_of_the_credentials() {
        let here = "arn:aws:dynamodb:eu-west-1:999999999999:table/orders";
        let elsewhere = "arn:aws:dynamodb:eu-west-2:999999999999:table/orders";

        assert_eq!(
            url_for(settings("eu-west-1"), Some(ACCOUNT), here),
            "https://999999999999.ddb.eu-west-1.amazonaws.com"
        );
        assert_eq!(
            url_for(settings("eu-west-1"), Some(ACCOUNT), elsewhere),
            "https://123456789012.ddb.eu-west-1.amazonaws.com"
        );
    }

    #[test]
    fn of_fips_and_of_dual_stack_have_names_of_their_own() {
        let fips = |region| EndpointSettings { use_fips: true, ..settings(region) };
        let both = |region| EndpointSettings { use_dual_stack: true, ..fips(region) };

        assert_eq!(url(fips("us-east-1")), "https://dynamodb-fips.us-east-1.amazonaws.com");
        assert_eq!(url(both("us-east-1")), "https://dynamodb-fips.us-east-1.api.aws");
        assert_eq!(url(fips("us-gov-west-1")), "https://dynamodb.us-gov-west-1.amazonaws.com");
        assert_eq!(url(both("us-gov-west-1")), "https://dynamodb-fips.us-gov-west-1.api.aws");
    }

    #[test]
    fn of_the_region_local_is_signed_for_another_region() {
        let rules = EndpointRules::new(settings("local")).unwrap();

        let endpoint = rules.resolve(Some(ACCOUNT), None).unwrap();

        assert_eq!(endpoint.url(), "http://localhost:8000");
        let signing = endpoint.signing().unwrap();
        assert_eq!((signing.region, signing.name), ("us-east-1", "dynamodb"));
    }

    #[test]
    fn that_is_configured_needs_no_region_and_knows_no_accounts() {
        let configured = EndpointSettings {
            endpoint_url: Some("https://proxy.example.com:8443/dynamodb".to_owned()),
            account_id_endpoint_mode: AccountIdEndpointMode::Required,
            ..EndpointSettings::default()
        };

        let rules = EndpointRules::new(configured).unwrap();

        let endpoint = rules.resolve(None, Some("orders")).unwrap();
        assert_eq!(endpoint.url(), "https://proxy.example.com:8443/dynamodb");
        assert_eq!(endpoint.signing(), None);
    }

    #[test]
    fn follows_the_account_from_request_to_request() {
        let rules = EndpointRules::new(settings("eu-west-1")).unwrap();
        let mut urls = Vec::new();

        for account in ["111111111111", "222222222222", "222222222222", "111111111111"] {
            urls.push(rules.resolve(Some(account), None).unwrap().url()[8..11].to_owned());
        }

        assert_eq!(urls, ["111", "222", "222", "111"]);
    }

    #[test]
    fn is_handed_out_without_allocating() {
        let regional = EndpointRules::new(settings("us-iso-east-1")).unwrap();
        let of_account = EndpointRules::new(settings("eu-west-1")).unwrap();
        of_account.resolve(Some(ACCOUNT), Some("orders")).unwrap();

        let counted = allocation_counter::measure(|| {
            for rules in [&regional, &of_account] {
                assert!(rules.resolve(Some(ACCOUNT), Some("orders")).is_ok());
            }
        });

        assert_eq!(counted.count_total, 0);
    }
}

mod endpoint_error {
    use super::*;

    fn refusal(settings: EndpointSettings) -> EndpointError {
        EndpointRules::new(settings).unwrap_err()
    }

    #[test]
    fn says_what_to_change() {
        let shown = [
            refusal(EndpointSettings::default()),
            refusal(settings("eu_west_1")),
            refusal(EndpointSettings {
                use_fips: true,
                account_id_endpoint_mode: AccountIdEndpointMode::Required,
                ..settings("us-east-1")
            }),
            refusal(EndpointSettings {
                endpoint_url: Some("https://dynamodb.eu-west-1.api.aws".to_owned()),
                ..settings("eu-west-1")
            }),
        ]
        .map(|error| error.to_string());

        assert_eq!(
            shown,
            [
                "no region is configured; set one in code, as `AWS_REGION`, or as `region` of the profile",
                "region `eu_west_1` cannot be a part of a host name; name one such as `eu-west-1`",
                "FIPS is on and `account_id_endpoint_mode` is `required`; no endpoint is both, set the mode to \
                 `preferred`",
                "endpoint `dynamodb.eu-west-1.api.aws` is the dual-stack one of the region; take it away and set \
                 `use_dualstack_endpoint`",
            ]
        );
    }

    #[test]
    fn of_an_account_id_does_not_show_it() {
        let rules = EndpointRules::new(settings("eu-west-1")).unwrap();

        let error = rules.resolve(Some("s3cr3t_"), None).unwrap_err();

        assert_eq!(error, EndpointError::InvalidAccountId);
        assert!(!error.to_string().contains("s3cr3t"), "{error}");
    }
}
