//! Who a client is: tokens and where they come from, the keys that verify them, the identity they prove.

mod claims;
mod development;
mod extract;
mod header;
mod identity;
mod json_web_key;
mod key;
mod key_set;
mod public_key;
mod secret;
mod token;
mod verifier;

pub use claims::{MAX_IDENTITY_BYTES, MAX_PERMISSION_BYTES, MAX_PERMISSIONS};
pub use development::{DEVELOPMENT_TENANT, DEVELOPMENT_TOKEN_LIFETIME, DEVELOPMENT_USER, development_token};
pub use extract::{BEARER_SUBPROTOCOL_PREFIX, extract_token, offered_subprotocols};
pub use identity::{EVERY_PERMISSION, Identity, LEEWAY};
pub use secret::{MIN_SECRET_BYTES, Secret};
pub use token::{MAX_TOKEN_BYTES, Token, TokenError};
pub use verifier::TokenVerifier;
