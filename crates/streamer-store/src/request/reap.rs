use dynamorm::PathConditions as _;

use super::{
    model::{AsyncRequest, DueRequest},
    priority::Priority,
    queue::RequestQueue,
    shard::Shards,
};
use crate::error::Error;

impl RequestQueue {
    /// Fails every request that is due and has no try left, with its last error; says how many. Workers do so on their way:
    /// this is for a queue that has none.
    ///
    /// One Query a page of each priority and shard, and one UpdateItem for each that is failed.
    ///
    /// # Errors
    /// What the engine answers; a second call goes on.
    pub async fn reap(&self) -> Result<u64, Error> {
        let mut reaped = 0;
        for priority in Priority::ALL {
            for shard in 0..self.shards.count() {
                reaped += self.reap_partition(&Shards::open(priority, shard)).await?;
            }
        }
        Ok(reaped)
    }

    async fn reap_partition(&self, partition: &str) -> Result<u64, Error> {
        let fields = AsyncRequest::fields();
        let mut query = self.db.query(AsyncRequest::by_status(partition).visible_at().le(self.now()));
        query = query.filter(fields.tries.gt(fields.max_retries));
        if let Some(tenant) = &self.tenant {
            query = query.filter(fields.tenant_id.eq(&**tenant));
        }
        let mut used_up = query.project::<DueRequest>().stream();
        let mut reaped = 0;
        let failed = |error| Error::from_mapper("requests.reap", error);
        while let Some(request) = used_up.try_next().await.map_err(failed)? {
            reaped += u64::from(self.reap_one(&request.key()).await?);
        }
        Ok(reaped)
    }
}
