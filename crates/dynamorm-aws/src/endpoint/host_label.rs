/// The most characters of a label of a host name, by RFC 1035.
const MAX_LABEL: usize = 63;

/// Whether `text` is one label of a host name, by the `isValidHostLabel` of AWS's endpoint rules.
///
/// It is laxer than RFC 1123, which refuses a hyphen at the end too.
pub(super) fn is_host_label(text: &str) -> bool {
    (1..=MAX_LABEL).contains(&text.len())
        && !text.starts_with('-')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether `text` is one or more labels with dots between them.
pub(crate) fn is_host_name(text: &str) -> bool {
    text.split('.').all(is_host_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    mod host_label {
        use super::*;

        #[test]
        fn has_letters_digits_and_inner_hyphens() {
            for label in ["eu-west-1", "A", "1", "a-", &"a".repeat(MAX_LABEL)] {
                assert!(is_host_label(label), "{label}");
            }
            for text in ["", "-a", "a.b", "a_b", "ä", "a b", &"a".repeat(MAX_LABEL + 1)] {
                assert!(!is_host_label(text), "{text}");
            }
        }
    }

    mod host_name {
        use super::*;

        #[test]
        fn has_no_empty_label() {
            assert!(is_host_name("a") && is_host_name("a.b.c"));
            assert!(!is_host_name("") && !is_host_name("a.") && !is_host_name(".a") && !is_host_name("a..b"));
        }
    }
}
