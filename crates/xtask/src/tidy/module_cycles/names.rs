use proc_macro2::{Spacing, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, ItemUse};

use super::imports::Import;

/// What the code of an item names.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Every path, by its segments.
    pub(super) paths: Vec<Vec<String>>,
    /// What a `use` inside a function brings in.
    pub(super) imports: Vec<Import>,
}

impl Names {
    /// Reads the tokens of `item`.
    ///
    /// Tokens rather than the syntax tree: so the arguments of macros and the bodies of `macro_rules!` are read like
    /// any other code.
    pub(super) fn read(&mut self, item: &Item) {
        let Item::Enum(item) = item else {
            return self.read_tokens(item.to_token_stream());
        };
        // A variant often has the name of the type that it holds: only the type is named here.
        self.read_tokens(item.attrs.iter().map(ToTokens::to_token_stream).collect());
        self.read_tokens(item.generics.to_token_stream());
        self.read_tokens(item.generics.where_clause.to_token_stream());
        for variant in &item.variants {
            self.read_tokens(variant.attrs.iter().map(ToTokens::to_token_stream).collect());
            self.read_tokens(variant.fields.to_token_stream());
            self.read_tokens(variant.discriminant.iter().map(|(_, value)| value.to_token_stream()).collect());
        }
    }

    fn read_tokens(&mut self, tokens: TokenStream) {
        let tokens: Vec<_> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.read_tokens(group.stream()),
                TokenTree::Ident(word) if word == "use" => {
                    if let Some((item, length)) = parse_use(&tokens[at..]) {
                        self.imports.extend(Import::all_of(&item));
                        at += length;
                        continue;
                    }
                }
                TokenTree::Ident(_) => {
                    let path = path(&tokens[at..]);
                    // Two colons were passed for every segment after the first.
                    let length = 3 * path.len() - 2;
                    let (before, after) = (&tokens[..at], &tokens[at + length..]);
                    let is_made_here = path.len() == 1 && is_declared(before, after);
                    if !is_made_here && !is_continued(before) {
                        self.paths.push(path);
                    }
                    at += length;
                    continue;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }
}

/// The path that begins at the start of `tokens`, which is an identifier.
fn path(tokens: &[TokenTree]) -> Vec<String> {
    let mut path = vec![tokens[0].to_string()];
    let mut rest = &tokens[1..];
    while let [first, second, TokenTree::Ident(segment), tail @ ..] = rest
        && is_punct(first, ':')
        && is_punct(second, ':')
    {
        path.push(segment.to_string());
        rest = tail;
    }
    path
}

/// Whether an identifier after `before` belongs to what stands there: a field, a lifetime, the rest of a path.
fn is_continued(before: &[TokenTree]) -> bool {
    match before {
        [.., first, second] if is_punct(first, ':') && is_punct(second, ':') => true,
        // A range has two dots and begins a path; a field has one.
        [.., first, second] if is_punct(second, '.') => !is_punct(first, '.'),
        [.., last] => is_punct(last, '.') || is_punct(last, '\''),
        [] => false,
    }
}

/// Whether a bare name between `before` and `after` is made here: an item, an associated type and its value.
fn is_declared(before: &[TokenTree], after: &[TokenTree]) -> bool {
    const KEYWORDS: &[&str] = &["const", "enum", "fn", "mod", "static", "struct", "trait", "type", "union"];
    let follows_keyword = matches!(before.last(), Some(TokenTree::Ident(word)) if KEYWORDS.iter().any(|keyword| word == keyword));
    let is_set = matches!(
        after.first(),
        Some(TokenTree::Punct(punct)) if punct.as_char() == '=' && punct.spacing() == Spacing::Alone
    );
    follows_keyword || is_set
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The `use` at the start of `tokens` and how many tokens it takes; nothing for the `use<'a>` of a type.
fn parse_use(tokens: &[TokenTree]) -> Option<(ItemUse, usize)> {
    let length = 1 + tokens.iter().position(|token| is_punct(token, ';'))?;
    let item = syn::parse2(tokens[..length].iter().cloned().collect()).ok()?;
    Some((item, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(source: &str) -> Names {
        let mut names = Names::default();
        names.read(&syn::parse_str(source).unwrap());
        names
    }

    fn paths(source: &str) -> Vec<String> {
        names(source).paths.iter().map(|path| path.join("::")).collect()
    }

    mod names_of_code {
        use super::*;

        #[test]
        fn are_whole_paths() {
            let paths = paths("fn f(a: crate::a::B<super::c::D>) -> u8 { crate::e::g() }");

            for path in ["crate::a::B", "super::c::D", "crate::e::g"] {
                assert!(paths.contains(&path.to_owned()), "{path} in {paths:?}");
            }
        }

        #[test]
        fn stand_in_the_arguments_of_macros_too() {
            let paths = paths("fn f() { println!(\"{}\", [crate::a::B]) }");

            assert!(paths.contains(&"crate::a::B".to_owned()), "{paths:?}");
        }

        #[test]
        fn are_neither_fields_nor_lifetimes_nor_the_rest_of_a_path() {
            let paths = paths("fn f<'Life>(a: &'Life u8) { a.Field; Vec::<u8>::Rest; 0..End }");

            assert!(
                !paths.iter().any(|path| ["Field", "Life", "Rest"].contains(&path.as_str())),
                "{paths:?}"
            );
            assert!(paths.contains(&"End".to_owned()), "{paths:?}");
        }

        #[test]
        fn are_not_what_it_declares() {
            let associated = paths("impl Try for A { type Made = Put; fn f(_: impl Get<Bound = Taken>) {} }");
            let variants = paths("enum Of { Variant(Held), Other = Value as isize }");

            assert_eq!(
                associated,
                ["impl", "Try", "for", "A", "type", "Put", "fn", "_", "impl", "Get", "Taken"]
            );
            assert_eq!(variants, ["Held", "Value", "as", "isize"]);
        }

        #[test]
        fn include_a_use_inside_a_function() {
            let names = names("fn f() -> impl Sized + use<> { use crate::a::{B, C}; }");

            let paths: Vec<_> = names.imports.iter().map(|import| import.path.join("::")).collect();
            assert_eq!(paths, ["crate::a::B", "crate::a::C"]);
        }
    }
}
