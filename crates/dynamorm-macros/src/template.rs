/// What separates the parts of a key. An escaped value holds neither it nor anything that sorts before it, so
/// that no two keys join to one text and a shorter value sorts before every longer one that begins with it.
pub(crate) const SEPARATOR: char = '#';

/// One part of a key template such as `ORDER#{order_id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    /// The name of a field, which may not exist.
    Field(String),
}

/// Splits a template at its `{field}`s; `{{` and `}}` are literal braces.
///
/// # Errors
/// All that is wrong with the template, each as a message that names the part.
pub(crate) fn parse(template: &str) -> Result<Vec<Part>, Vec<String>> {
    let mut mistakes = Vec::new();
    let parts = split(template, &mut mistakes);
    check_separators(&parts, &mut mistakes);

    if mistakes.is_empty() { Ok(parts) } else { Err(mistakes) }
}

fn split(template: &str, mistakes: &mut Vec<String>) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = template;

    while let Some(next) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("{{").or_else(|| rest.strip_prefix("}}")) {
            literal.push(next);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('{') {
            let Some((name, after)) = after.split_once('}') else {
                mistakes.push(format!(
                    "`{{` is not closed in `{rest}`; close it with `}}`, or write `{{{{` for a literal brace"
                ));
                return parts;
            };
            if name.trim().is_empty() {
                mistakes.push(
                    "`{}` names no field; write the field's name inside, or `{{}}` for literal braces"
                        .to_owned(),
                );
            }
            if !literal.is_empty() {
                parts.push(Part::Literal(std::mem::take(&mut literal)));
            }
            parts.push(Part::Field(name.trim().to_owned()));
            rest = after;
        } else {
            if next == '}' {
                mistakes.push(format!("`}}` closes nothing in `{rest}`; write `}}}}` for a literal brace"));
            } else {
                literal.push(next);
            }
            rest = &rest[next.len_utf8()..];
        }
    }
    if !literal.is_empty() {
        parts.push(Part::Literal(literal));
    }
    parts
}

fn check_separators(parts: &[Part], mistakes: &mut Vec<String>) {
    for pair in parts.windows(2) {
        match pair {
            [Part::Field(left), Part::Field(right)] => mistakes.push(format!(
                "nothing separates `{{{left}}}` from `{{{right}}}`; write `{{{left}}}#{{{right}}}`"
            )),
            [Part::Field(field), Part::Literal(literal)] if !literal.starts_with(SEPARATOR) => {
                mistakes.push(format!(
                    "`{literal}` after `{{{field}}}` must start with `#`, which no value contains; \
                     write `{{{field}}}#{literal}`"
                ));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literal(text: &str) -> Part {
        Part::Literal(text.to_owned())
    }

    fn field(name: &str) -> Part {
        Part::Field(name.to_owned())
    }

    #[test]
    fn splits_literals_from_fields() {
        let parts = parse("T#{tenant_id}#R#{region}").unwrap();

        assert_eq!(parts, [literal("T#"), field("tenant_id"), literal("#R#"), field("region")]);
    }

    #[test]
    fn takes_a_bare_literal_and_a_bare_field() {
        assert_eq!(parse("METADATA").unwrap(), [literal("METADATA")]);
        assert_eq!(parse("{id}").unwrap(), [field("id")]);
    }

    #[test]
    fn takes_doubled_braces_as_literal_ones() {
        assert_eq!(parse("{{a}}#{id}").unwrap(), [literal("{a}#"), field("id")]);
    }

    #[test]
    fn refuses_an_unclosed_brace() {
        let mistakes = parse("ORDER#{order_id").unwrap_err();

        assert_eq!(
            mistakes,
            ["`{` is not closed in `{order_id`; close it with `}`, or write `{{` for a literal brace"]
        );
    }

    #[test]
    fn refuses_a_brace_that_closes_nothing() {
        let mistakes = parse("ORDER#order_id}").unwrap_err();

        assert_eq!(mistakes, ["`}` closes nothing in `}`; write `}}` for a literal brace"]);
    }

    #[test]
    fn refuses_empty_braces() {
        let mistakes = parse("ORDER#{}").unwrap_err();

        assert_eq!(
            mistakes,
            ["`{}` names no field; write the field's name inside, or `{{}}` for literal braces"]
        );
    }

    #[test]
    fn refuses_adjacent_fields() {
        let mistakes = parse("{tenant_id}{region}").unwrap_err();

        assert_eq!(
            mistakes,
            ["nothing separates `{tenant_id}` from `{region}`; write `{tenant_id}#{region}`"]
        );
    }

    #[test]
    fn refuses_a_literal_after_a_field_that_a_value_could_contain() {
        let mistakes = parse("{tenant_id}-{region}").unwrap_err();

        assert_eq!(
            mistakes,
            ["`-` after `{tenant_id}` must start with `#`, which no value contains; write `{tenant_id}#-`"]
        );
    }

    #[test]
    fn reports_every_mistake() {
        let mistakes = parse("{a}{b}:{").unwrap_err();

        assert_eq!(mistakes.len(), 2, "{mistakes:?}");
    }
}
