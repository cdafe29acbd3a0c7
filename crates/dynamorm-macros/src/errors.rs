use std::fmt::Display;

use proc_macro2::TokenStream;
use quote::ToTokens;

/// The mistakes found so far. A derive reports all of them at once, each at its own place.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
}

impl Errors {
    /// Reports a mistake at `place`.
    pub(crate) fn at(&mut self, place: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(place, message));
    }

    /// Reports a mistake that another parser found.
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(found) => found.combine(error),
            None => self.found = Some(error),
        }
    }

    /// The value of `result`, or `None` after its error is reported.
    pub(crate) fn ok<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// What `expand` writes, or `compile_error!`s when anything was reported.
    pub(crate) fn expansion_or_errors(self, expansion: Option<TokenStream>) -> TokenStream {
        match (self.found, expansion) {
            (Some(found), _) => found.into_compile_error(),
            (None, Some(expansion)) => expansion,
            (None, None) => unreachable!("a derive without an expansion has reported why"),
        }
    }

    #[cfg(test)]
    pub(crate) fn messages(&self) -> Vec<String> {
        self.found.iter().flatten().map(|error| error.to_string()).collect()
    }
}

/// `` ; did you mean `name`? `` for the known name nearest to `unknown`, or nothing when none is near.
pub(crate) fn did_you_mean<'a>(unknown: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    const NEAR: f64 = 0.75;

    let nearest = known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(unknown, name), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    nearest.map_or_else(String::new, |(_, name)| format!("; did you mean `{name}`?"))
}

/// Names in backticks, joined by commas and before the last by `word`.
pub(crate) fn listed(names: &[&str], word: &str) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| format!("`{name}`")).collect();
            format!("{} {word} `{last}`", first.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    mod did_you_mean {
        use super::*;

        #[test]
        fn names_the_nearest() {
            assert_eq!(did_you_mean("tenent_id", ["user_id", "tenant_id"]), "; did you mean `tenant_id`?");
        }

        #[test]
        fn is_silent_when_nothing_is_near() {
            assert_eq!(did_you_mean("colour", ["user_id", "tenant_id"]), "");
        }
    }

    mod listed {
        use super::*;

        #[test]
        fn joins_the_last_name_by_the_word() {
            assert_eq!(listed(&["all", "keys", "none"], "or"), "`all`, `keys` or `none`");
        }
    }
}
