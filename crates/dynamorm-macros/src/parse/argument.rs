use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt};
use syn::{
    Attribute, Ident, LitStr, Path, Token, bracketed,
    ext::IdentExt,
    parenthesized,
    parse::{Parse, ParseStream},
    punctuated::Punctuated,
    token,
};

use super::given::Given;
use crate::errors::{Errors, did_you_mean, listed};

/// The name under which the derives take their options.
const HELPER: &str = "dynamorm";

/// One argument of `#[dynamorm(…)]`, before anything is known about what it means.
#[derive(Clone)]
pub(crate) enum Argument {
    /// `"text"`
    Text(LitStr),
    /// `name`, `name = …` or `name(…)`
    Named(NamedArgument),
}

/// An argument that has a name, and the value that follows it.
#[derive(Clone)]
pub(crate) struct NamedArgument {
    pub(crate) name: Ident,
    pub(crate) value: Value,
}

/// What follows an argument's name.
#[derive(Clone)]
pub(crate) enum Value {
    Nothing,
    /// `= "text"`
    Text(LitStr),
    /// `= field`, `= path::to::function` or `= path::to::Type<T>`
    Path(Path),
    /// `= [field, field]`
    List(token::Bracket, Vec<Ident>),
    /// `(…)`
    Arguments(Vec<Argument>),
}

/// The named arguments of every `#[dynamorm(…)]` among `attributes`.
pub(crate) fn of_attributes(attributes: &[Attribute], errors: &mut Errors) -> Vec<NamedArgument> {
    let mut arguments = Vec::new();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(HELPER)) {
        let parsed = attribute.parse_args_with(Punctuated::<Argument, Token![,]>::parse_terminated);
        arguments.extend(errors.ok(parsed).into_iter().flatten());
    }
    named(arguments, errors)
}

/// Reports the options of a place that takes none.
pub(crate) fn refuse(attributes: &[Attribute], why: &str, errors: &mut Errors) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(HELPER)) {
        errors.at(attribute, format_args!("{why}; remove the options"));
    }
}

/// The arguments that have a name; texts are reported.
pub(crate) fn named(arguments: Vec<Argument>, errors: &mut Errors) -> Vec<NamedArgument> {
    let mut named = Vec::with_capacity(arguments.len());
    for argument in arguments {
        match argument {
            Argument::Named(argument) => named.push(argument),
            Argument::Text(text) => errors.at(text, "expected an option's name before this text"),
        }
    }
    named
}

impl NamedArgument {
    /// The place of an argument that stands by itself.
    pub(crate) fn flag(&self, errors: &mut Errors) -> Option<Span> {
        match &self.value {
            Value::Nothing => Some(self.name.span()),
            _ => self.wrong(errors, format_args!("`{}` takes no value", self.name)),
        }
    }

    /// The text of `name = "text"`.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        match &self.value {
            Value::Text(text) => Some(text.clone()),
            _ => self.wrong(errors, format_args!("`{0}` takes a text; write `{0} = \"…\"`", self.name)),
        }
    }

    /// The identifier of `name = identifier`.
    pub(crate) fn ident(&self, errors: &mut Errors) -> Option<Ident> {
        match &self.value {
            Value::Path(path) if path.get_ident().is_some() => path.get_ident().cloned(),
            _ => self.wrong(errors, format_args!("`{0}` takes a name; write `{0} = name`", self.name)),
        }
    }

    /// The path of `name = path::to::Type`.
    pub(crate) fn path(&self, errors: &mut Errors) -> Option<Path> {
        match &self.value {
            Value::Path(path) => Some(path.clone()),
            _ => self.wrong(errors, format_args!("`{0}` takes a type; write `{0} = Order`", self.name)),
        }
    }

    /// The path of `name = "path"`.
    pub(crate) fn quoted_path(&self, errors: &mut Errors) -> Option<Path> {
        let text = self.text(errors)?;
        errors.ok(text.parse_with(Path::parse_mod_style))
    }

    /// The arguments of `name(…)`.
    pub(crate) fn arguments(&self, example: &str, errors: &mut Errors) -> Option<Vec<Argument>> {
        match &self.value {
            Value::Arguments(arguments) => Some(arguments.clone()),
            _ => self.wrong(errors, format_args!("`{}` takes arguments; write `{example}`", self.name)),
        }
    }

    /// Reports an option that is not one of `known`.
    pub(crate) fn unknown(&self, known: &[&str], errors: &mut Errors) {
        let name = self.name.to_string();
        let hint = did_you_mean(&name, known.iter().copied());
        let hint = if hint.is_empty() { format!("; known are {}", listed(known, "and")) } else { hint };
        errors.at(&self.name, format_args!("unknown option `{name}`{hint}"));
    }

    /// Reports a value that the option does not take.
    pub(crate) fn wrong<T>(&self, errors: &mut Errors, message: impl std::fmt::Display) -> Option<T> {
        errors.at(self, message);
        None
    }

    /// Puts what was read from this argument where the option is kept, unless the option was already given.
    pub(crate) fn keep<T>(&self, slot: &mut Given<T>, value: Option<T>, errors: &mut Errors) {
        if let Given::Missing = slot {
            *slot = value.map_or(Given::Wrong, Given::Right);
        } else {
            errors.at(&self.name, format_args!("`{}` is given twice; remove one", self.name));
        }
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return input.parse().map(Self::Text);
        }

        // Any identifier, for `crate` is a keyword.
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Value::parse_assigned(input)?
        } else if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            Value::Arguments(content.parse_terminated(Self::parse, Token![,])?.into_iter().collect())
        } else {
            Value::Nothing
        };
        Ok(Self::Named(NamedArgument { name, value }))
    }
}

impl Value {
    fn parse_assigned(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            input.parse().map(Self::Text)
        } else if input.peek(token::Bracket) {
            let content;
            let bracket = bracketed!(content in input);
            let names = content.parse_terminated(Ident::parse, Token![,])?;
            Ok(Self::List(bracket, names.into_iter().collect()))
        } else if input.peek(syn::Lit) {
            Err(input.error("expected a text in quotes, a name or a list of names"))
        } else {
            input.parse().map(Self::Path)
        }
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Text(text) => text.to_tokens(tokens),
            Self::Named(argument) => argument.to_tokens(tokens),
        }
    }
}

/// For the place of an error: the tokens span the argument; what stands between them is of no matter.
impl ToTokens for NamedArgument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        match &self.value {
            Value::Nothing => {}
            Value::Text(text) => text.to_tokens(tokens),
            Value::Path(path) => path.to_tokens(tokens),
            Value::List(bracket, names) => bracket.surround(tokens, |tokens| tokens.append_all(names)),
            Value::Arguments(arguments) => tokens.append_all(arguments),
        }
    }
}
