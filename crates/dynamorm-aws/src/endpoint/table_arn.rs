use super::host_label::is_host_label;

/// The account that owns `table`, where that is an ARN of a table of DynamoDB in `region`.
///
/// Anything else, a plain name above all, is no error: DynamoDB judges the name, the endpoint does not depend on it.
/// As in AWS's rules the ARN's partition is not looked at, and the account may be any label of a host name.
pub(super) fn account_of<'a>(table: &'a str, region: &str) -> Option<&'a str> {
    // The `aws.parseArn` of the endpoint rules: six parts, of which the region and the account may be empty.
    let mut parts = table.strip_prefix("arn:")?.splitn(5, ':');
    let partition = parts.next()?;
    let service = parts.next()?;
    let arn_region = parts.next()?;
    let account = parts.next()?;
    let resource = parts.next()?;
    let is_table_here =
        !partition.is_empty() && service == "dynamodb" && arn_region == region && !resource.is_empty();
    (is_table_here && is_host_label(account) && is_host_label(arn_region)).then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    mod table_arn {
        use super::*;

        #[test]
        fn names_the_account_of_a_table_in_the_same_region() {
            let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders";

            assert_eq!(account_of(arn, "eu-west-1"), Some("123456789012"));
            assert_eq!(account_of(arn, "eu-west-2"), None);
        }

        #[test]
        fn is_not_what_lacks_a_part() {
            for text in [
                "orders",
                "arn:",
                "arn:aws:dynamodb:eu-west-1:123456789012",
                "arn:aws:dynamodb:eu-west-1:123456789012:",
                "arn::dynamodb:eu-west-1:123456789012:table/orders",
                "arn:aws:s3:eu-west-1:123456789012:orders",
                "arn:aws:dynamodb:eu-west-1::table/orders",
            ] {
                assert_eq!(account_of(text, "eu-west-1"), None, "{text}");
            }
        }
    }
}
