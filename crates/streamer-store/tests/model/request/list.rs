use proptest::{prop_assert, prop_assert_eq};
use streamer_store::{AsyncRequest, RequestQueue};

use super::{RequestWalk, command::By, comparable};
use crate::{
    tenant::{TENANTS, is_seen_by},
    walk::{Step, answer},
};

/// More pages than six requests can have, empty ones included.
const MAX_PAGES: usize = 20;

impl RequestWalk {
    /// A list gives each of its requests once, the newest first, whatever the page.
    pub(super) async fn list(&self, by: &By, narrowed: Option<usize>, page_size: u32) -> Step {
        let is_listed = |request: &&AsyncRequest| match by {
            By::Connection(id) => request.connection_id.as_deref() == Some(*id),
            By::User(id) => request.user_id == *id,
            By::Tenant(tenant) => request.tenant_id == TENANTS[*tenant],
        };
        let mut expected: Vec<AsyncRequest> = self
            .reference
            .alive()
            .filter(is_listed)
            .filter(|request| is_seen_by(narrowed, &request.tenant_id))
            .cloned()
            .collect();
        if matches!(by, By::Tenant(tenant) if !is_seen_by(narrowed, TENANTS[*tenant])) {
            // That it is refused is said elsewhere.
            return Ok(());
        }

        let mut listed = pages(&self.narrowed(narrowed), by, page_size).await?;

        prop_assert!(listed.is_sorted_by_key(|request| std::cmp::Reverse(request.created_at)), "{listed:?}");
        let by_key = |request: &AsyncRequest| (request.tenant_id.clone(), request.request_id.clone());
        expected.sort_by_key(by_key);
        listed.sort_by_key(by_key);
        prop_assert_eq!(listed, expected, "the list (left) is not the reference's");
        Ok(())
    }
}

async fn pages(
    queue: &RequestQueue,
    by: &By,
    page_size: u32,
) -> Result<Vec<AsyncRequest>, proptest::test_runner::TestCaseError> {
    let (mut listed, mut after) = (Vec::new(), None);
    for _ in 0..MAX_PAGES {
        let list = match by {
            By::Connection(id) => queue.by_connection(*id),
            By::User(id) => queue.by_user(*id),
            By::Tenant(tenant) => queue.by_tenant(TENANTS[*tenant]),
        };
        let page = answer(list.page_size(page_size).after(after).page().await).unwrap();
        listed.extend(page.items.into_iter().map(comparable));
        after = page.next;
        if after.is_none() {
            return Ok(listed);
        }
    }
    Err(proptest::test_runner::TestCaseError::fail("the list has no end"))
}
