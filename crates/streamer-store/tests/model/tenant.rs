/// The tenants of all walks.
pub(crate) const TENANTS: [&str; 2] = ["acme", "other"];

/// Whose store it is that a command is given to.
pub(crate) fn is_seen_by(narrowed: Option<usize>, tenant_id: &str) -> bool {
    narrowed.is_none_or(|tenant| TENANTS[tenant] == tenant_id)
}
