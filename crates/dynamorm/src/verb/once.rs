use dynamorm_core::model::Model;

use super::{returning::Nothing, transact_write_items::TransactWrite, update_item::Update};

impl<M: Model, K> Update<M, Nothing, K> {
    /// Sends the update as a transaction of one action, whose token makes it safe to send again: for `add`, `append` and
    /// what else a second run would do twice. One request, at twice the capacity.
    ///
    /// An answer that is lost is then asked for again, by the engine's own retries, and the update is done once. DynamoDB
    /// knows a token for ten minutes. What it is refused for is what the update alone would be refused for.
    pub fn once(self) -> TransactWrite {
        let transaction = self.db().transact();
        transaction.action(self)
    }
}
