/// What the values of a key attribute have in common: by it a model's items are told from others of the same table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyForm {
    /// Nothing: the key is a field, or there is none.
    Any,
    /// The literals of a template, before, between and after its fields: one more than it has fields.
    Joined(&'static [&'static str]),
}

impl KeyForm {
    /// The literal that every value begins with; empty if there is none.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Joined([first, ..]) => first,
            Self::Joined([]) | Self::Any => "",
        }
    }

    /// Whether values begin with the prefix and go on, so that a longer form may begin with it too.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Joined([_, _, ..]))
    }

    /// Whether a value has this form.
    ///
    /// It is looked at from literal to literal: one that stands after a field begins with `#`, which no field's text
    /// holds.
    pub fn fits(self, text: &str) -> bool {
        let Self::Joined([first, others @ ..]) = self else { return true };
        let Some(mut rest) = text.strip_prefix(first) else { return false };
        for literal in others {
            let field = rest.find('#').unwrap_or(rest.len());
            match rest[field..].strip_prefix(literal) {
                Some(after) => rest = after,
                None => return false,
            }
        }
        rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::KeyForm;

    #[test]
    fn fits_a_value_of_its_template() {
        let fitting: [(&[&str], &str); 7] = [
            (&["METADATA"], "METADATA"),
            (&["LINE#", ""], "LINE#1"),
            (&["LINE#", ""], "LINE#"),
            (&["", ""], "1"),
            (&["LINE#", "#NOTE#", ""], "LINE#1#NOTE#2"),
            (&["T#", "#R"], "T#a#R"),
            (&["", "#", "#END"], "a#b#END"),
        ];
        for (literals, text) in fitting {
            assert!(KeyForm::Joined(literals.to_vec().leak()).fits(text), "{literals:?} {text}");
        }
        assert!(KeyForm::Any.fits("LINE#1#NOTE#2"));
    }

    #[test]
    fn fits_no_value_of_a_longer_or_a_shorter_template() {
        let foreign: [(&[&str], &str); 9] = [
            (&["METADATA"], "METADATA#1"),
            (&["METADATA"], "META"),
            (&["LINE#", ""], "LINE#1#NOTE#2"),
            (&["LINE#", ""], "LINE"),
            (&["LINE#", "#NOTE#", ""], "LINE#1"),
            (&["LINE#", "#NOTE#", ""], "LINE#1#PART#2"),
            (&["LINE#", "#NOTE#", ""], "LINE#1#NOTE#2#3"),
            (&["T#", "#R"], "T#a#R#b"),
            (&["", ""], "a#b"),
        ];
        for (literals, text) in foreign {
            assert!(!KeyForm::Joined(literals.to_vec().leak()).fits(text), "{literals:?} {text}");
        }
    }
}
