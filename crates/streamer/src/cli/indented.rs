//! JSON for people.

/// JSON text with a member or element a line, indented; its numbers and the order of its members stay as they are.
pub(super) fn indented(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 2);
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    let mut characters = json.chars().peekable();
    while let Some(character) = characters.next() {
        if is_text {
            text.push(character);
            is_text = is_escaped || character != '"';
            is_escaped = character == '\\' && !is_escaped;
            continue;
        }
        match character {
            '"' => {
                is_text = true;
                text.push(character);
            }
            '{' | '[' => {
                text.push(character);
                while characters.next_if(|next| next.is_ascii_whitespace()).is_some() {}
                // What is empty stays on its line.
                match characters.next_if(|next| matches!(next, '}' | ']')) {
                    Some(end) => text.push(end),
                    None => {
                        depth += 1;
                        begin_line(&mut text, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                begin_line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(character);
                begin_line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            character if character.is_ascii_whitespace() => {}
            character => text.push(character),
        }
    }
    text
}

fn begin_line(text: &mut String, depth: usize) {
    text.push('\n');
    text.extend(std::iter::repeat_n("  ", depth));
}

#[cfg(test)]
mod tests {
    use super::indented;

    #[test]
    fn keeps_every_digit_and_the_order() {
        let text = indented(r#"{"b":12345678901234567890123.50,"a":[1,{}, [ ]],"t":"x,\"{y\\"}"#);

        let lines = [
            "{",
            "  \"b\": 12345678901234567890123.50,",
            "  \"a\": [",
            "    1,",
            "    {},",
            "    []",
            "  ],",
            "  \"t\": \"x,\\\"{y\\\\\"",
            "}",
        ];
        assert_eq!(text, lines.join("\n"));
    }
}
