//! What a client can ask for: one file per action.

mod access;
mod actions;
mod answer;
mod built_in;
mod caller;
mod cancel;
mod immediate;
mod list;
mod ping;
mod refusal;
mod required_permissions;
mod result;
mod status;
mod submit;
mod subscribe;
mod unsubscribe;
mod view;
mod whoami;

pub use access::READ_TENANT_PERMISSION;
pub(crate) use actions::Actions;
pub(crate) use answer::Answer;
pub use built_in::Action;
pub(crate) use caller::Caller;
pub use required_permissions::RequiredPermissions;
