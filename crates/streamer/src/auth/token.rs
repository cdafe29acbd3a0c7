//! A JSON Web Token (RFC 7519) as a client sent it, and why one is not accepted.

use std::fmt;

/// The most bytes of a token that is looked at.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// A token as a client sent it: not verified yet, and never shown, neither by `Debug` nor in a log.
#[derive(Clone, Eq, PartialEq)]
pub struct Token(String);

impl Token {
    /// Takes the token's text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the token's text. Whoever calls this hands out a credential.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Why a request's token is not accepted. The messages go to the client and name no part of the token.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// The request carries none.
    #[error(
        "a token is needed: as `Authorization: Bearer`, as `?token=`, or as subprotocol `bearer.<token>` \
         beside `streamer.v1`"
    )]
    Missing,
    /// The request carries several, and they differ.
    #[error("the request carries several tokens that differ; send one")]
    Several,
    /// It is longer than [`MAX_TOKEN_BYTES`].
    #[error("the token is longer than {MAX_TOKEN_BYTES} bytes")]
    TooLong,
    /// It is not a JSON Web Token.
    #[error("the token is not a well-formed JSON Web Token")]
    Malformed,
    /// It is signed with another algorithm than the configured one, or not at all.
    #[error("the token is not signed with the algorithm that this server is configured for, {0}")]
    Algorithm(&'static str),
    /// It names a key by `kid` that the server does not have.
    #[error("the token names a key, by `kid`, that this server does not have")]
    UnknownKey,
    /// It names no key, and the server has several that it could be signed with.
    #[error("the token names no key, by `kid`, and could be signed with several that this server has")]
    AmbiguousKey,
    /// The signature is not made with the configured key over this content.
    #[error("the token's signature does not match")]
    Signature,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A claim is absent, or not what it has to be.
    #[error("the token's claim `{claim}` is missing or is not {expected}")]
    Claim {
        /// The claim's name.
        claim: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
}
