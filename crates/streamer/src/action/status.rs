//! `status`: says where a request stands.

use super::{access::key_of, actions::Actions, answer::Answered, caller::Caller, view::View};
use crate::protocol::Message;

impl Actions {
    pub(super) async fn status(&self, message: &Message, caller: &Caller) -> Answered {
        let request = self.seen(&key_of(message, caller)?, caller).await?;
        Ok(View::status(&request).into())
    }
}
