/// Appends `text` so that it holds nothing at or before `#`.
///
/// Each character from U+0000 to `$` becomes `$` and two hexadecimal digits. The mapping keeps the order: `$` sorts
/// before every character that stays as it is, and the digits sort as the characters did.
pub fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(position) = rest.bytes().position(|byte| byte <= b'$') {
        out.push_str(&rest[..position]);
        let byte = rest.as_bytes()[position];
        out.push('$');
        for digit in [byte >> 4, byte & 0xF] {
            out.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
        rest = &rest[position + 1..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::push_escaped;

    fn escaped(text: &str) -> String {
        let mut out = String::new();
        push_escaped(&mut out, text);
        out
    }

    #[test]
    fn leaves_usual_ids_as_they_are() {
        assert_eq!(escaped("user-1_A.b:c@d/é"), "user-1_A.b:c@d/é");
    }

    #[test]
    fn writes_the_delimiter_the_escape_and_controls_as_digits() {
        assert_eq!(escaped("a#b$c\0 d"), "a$23b$24c$00$20d");
    }

    proptest! {
        #[test]
        fn keeps_the_order_of_joined_texts(a in "[\\x00-\\x30a-c]{0,4}", b in "[\\x00-\\x30a-c]{0,4}",
                                           c in "[\\x00-\\x30a-c]{0,4}", d in "[\\x00-\\x30a-c]{0,4}") {
            let left = format!("{}#{}", escaped(&a), escaped(&c));
            let right = format!("{}#{}", escaped(&b), escaped(&d));

            prop_assert_eq!(left.cmp(&right), (a, c).cmp(&(b, d)));
        }

        #[test]
        fn two_different_pairs_never_share_a_text(a in any::<String>(), b in any::<String>(),
                                                  c in any::<String>(), d in any::<String>()) {
            let left = format!("{}#{}", escaped(&a), escaped(&b));
            let right = format!("{}#{}", escaped(&c), escaped(&d));

            prop_assert_eq!(left == right, (a, b) == (c, d));
        }
    }
}
