use syn::LitStr;

use crate::errors::Errors;

/// DynamoDB's rule for the names of tables and indexes.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
pub(super) fn check_name(what: &str, name: &LitStr, errors: &mut Errors) -> bool {
    const LENGTH: std::ops::RangeInclusive<usize> = 3..=255;

    let text = name.value();
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte);
    let is_right = LENGTH.contains(&text.len()) && text.bytes().all(is_allowed);
    if !is_right {
        errors.at(
            name,
            format_args!(
                "`{text}` cannot be the name of {} {what}; use 3 to 255 of the characters `A-Z a-z 0-9 _ . -`",
                if what == "index" { "an" } else { "a" }
            ),
        );
    }
    is_right
}
