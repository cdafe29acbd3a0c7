use std::fmt::{self, Write as _};

/// How many characters a value takes in a message at most.
const MAX_CHARACTERS: usize = 200;

/// A value that came from outside as a message shows it: in backticks, escaped, cut where it is long.
///
/// What stands before an `@` may be a password in a URL, and is left out whatever the value is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(value) = *self;
        f.write_char('`')?;
        let shown = match value.rsplit_once('@') {
            Some((_, after)) => {
                f.write_str("…@")?;
                after
            }
            None => value,
        };
        let mut room = MAX_CHARACTERS;
        for character in shown.chars() {
            let escaped = character.escape_debug();
            let Some(left) = room.checked_sub(escaped.len()) else {
                f.write_char('…')?;
                break;
            };
            room = left;
            write!(f, "{escaped}")?;
        }
        f.write_char('`')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod quoted {
        use super::*;

        #[test]
        fn stands_in_backticks_and_on_one_line() {
            assert_eq!(Quoted("eu-west-1\n").to_string(), "`eu-west-1\\n`");
        }

        #[test]
        fn leaves_out_what_stands_before_an_at_sign() {
            assert_eq!(Quoted("https://user:pass@host/a").to_string(), "`…@host/a`");
        }

        #[test]
        fn is_cut_where_it_is_long() {
            let shown = Quoted(&"ä".repeat(MAX_CHARACTERS + 1)).to_string();

            assert_eq!(shown, format!("`{}…`", "ä".repeat(MAX_CHARACTERS)));
        }

        #[test]
        fn is_cut_by_what_its_escapes_take() {
            let shown = Quoted(&"\u{7f}".repeat(MAX_CHARACTERS)).to_string();

            assert!(shown.chars().count() <= MAX_CHARACTERS + 3, "{shown}");
        }
    }
}
