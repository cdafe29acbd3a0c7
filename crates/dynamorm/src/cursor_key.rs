use chacha20poly1305::{KeyInit, XChaCha20Poly1305};

/// The key that seals cursors.
#[derive(Clone)]
pub(crate) struct CursorKey(pub(crate) XChaCha20Poly1305);

impl CursorKey {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(&key.into()))
    }
}
