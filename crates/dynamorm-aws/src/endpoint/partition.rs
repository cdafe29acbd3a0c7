/// A group of regions with accounts, names and DNS of its own, such as `aws` or `aws-cn`.
#[derive(Debug)]
pub(super) struct Partition {
    /// As the second part of an ARN names it.
    pub(super) name: &'static str,
    pub(super) dns_suffix: &'static str,
    pub(super) dual_stack_dns_suffix: &'static str,
    pub(super) supports_fips: bool,
    pub(super) supports_dual_stack: bool,
    /// What stands before `-<word>-<number>` in the names of its regions, unless it gets all that no other claims.
    prefix: Option<&'static str>,
    /// A region of it that has a name of another form.
    global_region: Option<&'static str>,
    /// Where DynamoDB has endpoints of an account.
    account_endpoints: AccountEndpoints,
}

#[derive(Debug)]
enum AccountEndpoints {
    Everywhere,
    In(&'static [&'static str]),
}

/// The partitions beside [`Partition::AWS`], from the `partitions.json` of `aws-sdk-dynamodb` 1.136.
///
/// That file lists the regions too. They are not needed: nothing in it depends on a region, and each region but the
/// global one has the form that its partition's `regionRegex` asks for.
static OTHERS: [Partition; 7] = [
    Partition {
        name: "aws-cn",
        dns_suffix: "amazonaws.com.cn",
        dual_stack_dns_suffix: "api.amazonwebservices.com.cn",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("cn"),
        global_region: Some("aws-cn-global"),
        account_endpoints: AccountEndpoints::In(&["cn-north-1", "cn-northwest-1"]),
    },
    Partition {
        name: "aws-eusc",
        dns_suffix: "amazonaws.eu",
        dual_stack_dns_suffix: "api.amazonwebservices.eu",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("eusc-de"),
        global_region: None,
        account_endpoints: AccountEndpoints::In(&[]),
    },
    Partition {
        name: "aws-iso",
        dns_suffix: "c2s.ic.gov",
        dual_stack_dns_suffix: "api.aws.ic.gov",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("us-iso"),
        global_region: Some("aws-iso-global"),
        account_endpoints: AccountEndpoints::In(&[]),
    },
    Partition {
        name: "aws-iso-b",
        dns_suffix: "sc2s.sgov.gov",
        dual_stack_dns_suffix: "api.aws.scloud",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("us-isob"),
        global_region: Some("aws-iso-b-global"),
        account_endpoints: AccountEndpoints::In(&[]),
    },
    Partition {
        name: "aws-iso-e",
        dns_suffix: "cloud.adc-e.uk",
        dual_stack_dns_suffix: "api.cloud-aws.adc-e.uk",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("eu-isoe"),
        global_region: Some("aws-iso-e-global"),
        account_endpoints: AccountEndpoints::In(&[]),
    },
    Partition {
        name: "aws-iso-f",
        dns_suffix: "csp.hci.ic.gov",
        dual_stack_dns_suffix: "api.aws.hci.ic.gov",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("us-isof"),
        global_region: Some("aws-iso-f-global"),
        account_endpoints: AccountEndpoints::In(&[]),
    },
    Partition {
        name: "aws-us-gov",
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        supports_fips: true,
        supports_dual_stack: true,
        prefix: Some("us-gov"),
        global_region: Some("aws-us-gov-global"),
        account_endpoints: AccountEndpoints::In(&["us-gov-east-1", "us-gov-west-1"]),
    },
];

impl Partition {
    /// Where a region belongs that no partition claims.
    pub(super) const AWS: Self = Self {
        name: "aws",
        dns_suffix: "amazonaws.com",
        dual_stack_dns_suffix: "api.aws",
        supports_fips: true,
        supports_dual_stack: true,
        // AWS's file gives it `us`, `eu` and others. They decide nothing, as it gets every other region too.
        prefix: None,
        global_region: None,
        account_endpoints: AccountEndpoints::Everywhere,
    };

    /// The partition that `region` belongs to. One that is not known yet goes by the form of its name, and any other
    /// name belongs to `aws`.
    pub(super) fn of(region: &str) -> &'static Self {
        let prefix = prefix_of(region);
        let claims = |partition: &&Self| {
            partition.global_region == Some(region) || (prefix.is_some() && partition.prefix == prefix)
        };
        OTHERS.iter().find(claims).unwrap_or(&Self::AWS)
    }

    /// Whether DynamoDB has endpoints of an account in `region`, which is one of this partition.
    pub(super) fn has_account_endpoints(&self, region: &str) -> bool {
        match self.account_endpoints {
            AccountEndpoints::Everywhere => true,
            AccountEndpoints::In(regions) => regions.contains(&region),
        }
    }
}

/// What a region of the form `<prefix>-<word>-<number>` has for its prefix: `us-gov` of `us-gov-west-1`.
///
/// It is not `us`, since a word has no hyphen. So no region has two prefixes, and no order of the partitions matters.
fn prefix_of(region: &str) -> Option<&str> {
    let (rest, number) = region.rsplit_once('-')?;
    let (prefix, word) = rest.rsplit_once('-')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_number && is_word).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    mod partition {
        use super::*;

        #[test]
        fn of_a_region_to_come_goes_by_the_form_of_its_name() {
            for (region, partition) in [
                ("eu-north-9", "aws"),
                ("cn-south-12", "aws-cn"),
                ("eusc-de-west-2", "aws-eusc"),
                ("us-iso-north-1", "aws-iso"),
                ("us-isob-north-1", "aws-iso-b"),
                ("eu-isoe-north-1", "aws-iso-e"),
                ("us-isof-north-1", "aws-iso-f"),
                ("us-gov-north-1", "aws-us-gov"),
            ] {
                assert_eq!(Partition::of(region).name, partition, "{region}");
            }
        }

        #[test]
        fn of_a_name_of_no_such_form_is_aws() {
            for region in
                ["", "local", "cn", "cn-north", "cn-north-", "cn-north-1a", "CN-NORTH-1", "eusc-fr-west-1"]
            {
                assert_eq!(Partition::of(region).name, "aws", "{region}");
            }
        }

        #[test]
        fn holds_a_global_region() {
            assert_eq!(Partition::of("aws-global").name, "aws");
            assert_eq!(Partition::of("aws-iso-b-global").name, "aws-iso-b");
        }
    }
}
