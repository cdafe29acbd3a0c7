//! Who a client is: tokens and where they come from, the secret that signs them, the identity they prove.

mod development;
mod extract;
mod identity;
mod secret;
mod token;

pub use development::{DEVELOPMENT_TENANT, DEVELOPMENT_TOKEN_LIFETIME, DEVELOPMENT_USER, development_token};
pub use extract::{BEARER_SUBPROTOCOL_PREFIX, extract_token, offered_subprotocols};
pub use identity::{Identity, LEEWAY};
pub use secret::{MIN_SECRET_BYTES, Secret};
pub use token::{MAX_IDENTITY_BYTES, MAX_TOKEN_BYTES, Token, TokenError, TokenVerifier};
