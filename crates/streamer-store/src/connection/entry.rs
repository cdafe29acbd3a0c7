use dynamorm::Model;

/// What a removal reads of a connection: its id, and what conditions ask for, as the text that is stored.
///
/// An item that cannot be read as a [`Connection`](super::Connection), whoever wrote it, must not stand in the way of
/// removing others, nor stay for ever itself. Instants compare as text, since that is how they are stored.
#[derive(Clone, Debug, Model)]
#[dynamorm(table = "connections", key(partition = "CONN#{connection_id}", sort = "METADATA"))]
pub(super) struct ConnectionEntry {
    pub(super) connection_id: String,
    #[dynamorm(default)]
    pub(super) tenant_id: String,
    #[dynamorm(default)]
    pub(super) last_ping: String,
    pub(super) server_id: Option<String>,
}
