//! `result`: says what came of a request, as far as anything has.

use super::{access::key_of, actions::Actions, caller::Caller, view};
use crate::protocol::{Data, Failure, Message};

impl Actions {
    pub(super) async fn result(&self, message: &Message, caller: &Caller) -> Result<Data, Failure> {
        let request = self.seen(&key_of(message, caller)?, caller).await?;
        Ok(view::result(&request))
    }
}
