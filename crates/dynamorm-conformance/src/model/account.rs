use dynamorm::prelude::*;

/// The roles that writes keep: `version`, `created_at`, `updated_at`.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "accounts", key(partition = account_id))]
pub(crate) struct Account {
    pub(crate) account_id: String,
    pub(crate) balance: i64,
    pub(crate) note: Option<String>,
    #[dynamorm(version)]
    pub(crate) version: u64,
    #[dynamorm(created_at)]
    pub(crate) created_at: Timestamp,
    #[dynamorm(updated_at)]
    pub(crate) updated_at: Option<Timestamp>,
}

impl Account {
    /// An account that was never written.
    pub(crate) fn new(account_id: &str, balance: i64) -> Self {
        Self {
            account_id: account_id.into(),
            balance,
            note: None,
            version: 0,
            created_at: Timestamp::default(),
            updated_at: None,
        }
    }
}
