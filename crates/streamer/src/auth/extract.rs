//! Where a request's token comes from: a header, the query, or a WebSocket subprotocol.

use axum::{
    extract::Query,
    http::{
        HeaderMap, Uri,
        header::{AUTHORIZATION, SEC_WEBSOCKET_PROTOCOL},
    },
};

use super::token::{Token, TokenError};

/// What a subprotocol starts with that is no protocol but carries the token.
///
/// A browser's `WebSocket` can set no header; it can offer subprotocols, and unlike the address they reach
/// neither the history nor an access log.
pub const BEARER_SUBPROTOCOL_PREFIX: &str = "bearer.";

/// Finds the request's token in `Authorization: Bearer`, in `?token=`, or in a subprotocol `bearer.<token>`.
///
/// The same token may come in several ways. An `Authorization` of another scheme speaks to somebody else (a
/// proxy) and is ignored.
///
/// # Errors
/// [`TokenError::Missing`] when there is none, [`TokenError::Several`] when there are two that differ, and
/// [`TokenError::Malformed`] when a place for it holds something unreadable.
pub fn extract_token(headers: &HeaderMap, uri: &Uri) -> Result<Token, TokenError> {
    let mut found: Option<Token> = None;
    let candidates = header_tokens(headers)?
        .into_iter()
        .chain(query_tokens(uri)?)
        .chain(subprotocol_tokens(headers))
        .map(Token::new);
    for candidate in candidates {
        match &found {
            None => found = Some(candidate),
            Some(first) if *first == candidate => {}
            Some(_) => return Err(TokenError::Several),
        }
    }
    found.ok_or(TokenError::Missing)
}

/// Lists the subprotocols that a client offers, those that carry a token left out.
pub fn offered_subprotocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    subprotocols(headers).filter(|protocol| !protocol.starts_with(BEARER_SUBPROTOCOL_PREFIX))
}

fn subprotocols(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(SEC_WEBSOCKET_PROTOCOL)
        .into_iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|protocol| !protocol.is_empty())
}

fn header_tokens(headers: &HeaderMap) -> Result<Vec<String>, TokenError> {
    let mut tokens = Vec::new();
    for value in headers.get_all(AUTHORIZATION) {
        let value = value.to_str().map_err(|_| TokenError::Malformed)?;
        if let Some((scheme, token)) = value.trim().split_once(' ')
            && scheme.eq_ignore_ascii_case("bearer")
        {
            tokens.push(token.trim().to_owned());
        }
    }
    Ok(tokens)
}

fn query_tokens(uri: &Uri) -> Result<Vec<String>, TokenError> {
    let Query(pairs) =
        Query::<Vec<(String, String)>>::try_from_uri(uri).map_err(|_| TokenError::Malformed)?;
    Ok(pairs.into_iter().filter(|(name, _)| name == "token").map(|(_, token)| token).collect())
}

fn subprotocol_tokens(headers: &HeaderMap) -> Vec<String> {
    subprotocols(headers)
        .filter_map(|protocol| protocol.strip_prefix(BEARER_SUBPROTOCOL_PREFIX))
        .map(str::to_owned)
        .collect()
}
