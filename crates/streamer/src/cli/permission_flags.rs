//! The flag that says which permissions actions need.

use clap::Args;

use crate::action::RequiredPermissions;

/// What is demanded of whoever asks for an action.
#[derive(Args, Debug)]
pub(super) struct PermissionFlags {
    /// A permission that a client's token needs for an action, in its claim `permissions`; without it the answer is
    /// `FORBIDDEN`. May be given several times, or several separated by commas.
    ///
    /// Any action of the server can be named, `list` and `cancel` too. One that is named more than once needs all that is
    /// named with it. `streamer requests submit` and whoever else writes to the database is not asked.
    #[arg(
        long = "require-permission",
        value_name = "ACTION=PERMISSION",
        env = "STREAMER_REQUIRE_PERMISSION",
        hide_env_values = true,
        value_delimiter = ',',
        value_parser = required_permission
    )]
    required_permissions: Vec<(String, String)>,
}

impl PermissionFlags {
    pub(super) fn required(&self) -> RequiredPermissions {
        self.required_permissions.iter().fold(RequiredPermissions::new(), |required, (action, permission)| {
            required.require(action, permission)
        })
    }
}

fn required_permission(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((action, permission)) if !action.is_empty() && !permission.is_empty() => {
            Ok((action.to_owned(), permission.to_owned()))
        }
        _ => Err("not an action and a permission, such as generate_report=reports".to_owned()),
    }
}
