mod command;

use std::collections::{BTreeMap, BTreeSet};

use dynamorm::{Timestamp, testing::TestClock};
use proptest::{prop_assert, prop_assert_eq, strategy::BoxedStrategy};
use streamer_store::{
    Connection, ErrorKind, EventType, Json, RequestQueue, StoreFactory, Submission, Subscription,
    SubscriptionList, SubscriptionStore,
};

use crate::{
    tenant::{TENANTS, is_seen_by},
    walk::{Step, Walk, answer},
};
use command::{By, CONNECTIONS, Command, PAYLOADS, Wanted, Which};

/// More pages than a few subscriptions can have, empty ones included.
const MAX_PAGES: usize = 20;

/// Seconds that a subscription is kept, and a connection that is not pinged.
const KEPT: i64 = 7 * 86_400;
const CONNECTION_KEPT: i64 = 86_400;

/// The subscriptions as the contract has them, and what they join, beside the stores.
pub(crate) struct SubscriptionWalk {
    stores: StoreFactory,
    clock: TestClock,
    /// By connection and request: a connection is one tenant's, so no two of its requests share an id.
    subscriptions: BTreeMap<(String, String), Subscription>,
    /// Each with its tenant, and when it expires, in epoch seconds.
    connections: BTreeMap<&'static str, (usize, i64)>,
    /// By tenant and id, each with its payload. None of them ends.
    requests: BTreeMap<(usize, &'static str), &'static str>,
}

impl Walk for SubscriptionWalk {
    type Command = Command;

    fn command() -> BoxedStrategy<Command> {
        command::command()
    }

    fn begin(stores: StoreFactory, clock: TestClock) -> Self {
        Self {
            stores,
            clock,
            subscriptions: BTreeMap::new(),
            connections: BTreeMap::new(),
            requests: BTreeMap::new(),
        }
    }

    async fn step(&mut self, command: Command) -> Step {
        match command {
            Command::Wait(time) => {
                self.clock.advance(time);
                Ok(())
            }
            Command::Connect(id, tenant) => self.connect(id, tenant).await,
            Command::Disconnect(id, narrowed) => self.disconnect(id, narrowed).await,
            Command::Enqueue(request) => {
                let _replay = self.stores.requests().enqueue(submission(request, PAYLOADS[0])).await;
                self.requests.entry((request.tenant, request.id)).or_insert(PAYLOADS[0]);
                Ok(())
            }
            Command::EnqueueAndSubscribe { request, payload, wanted, narrowed } => {
                self.enqueue_and_subscribe(request, payload, &wanted, narrowed).await
            }
            Command::Subscribe { request, wanted, narrowed } => {
                let subscription = self.subscription(request, &wanted);
                let subscribed = answer(self.narrowed(narrowed).subscribe(&subscription).await);
                let expected = self.subscribe(subscription, narrowed, |_| true);
                prop_assert_eq!(subscribed, expected, "the answer (left) is not the reference's");
                self.compare_stored(wanted.connection).await
            }
            Command::SubscribeChecked { request, wanted, narrowed } => {
                let subscription = self.subscription(request, &wanted);
                let subscribed = answer(self.narrowed(narrowed).subscribe_checked(&subscription).await);
                let expected = self.subscribe(subscription, narrowed, |walk| {
                    walk.tenant_of(wanted.connection) == Some(request.tenant)
                        && walk.requests.contains_key(&(request.tenant, request.id))
                });
                prop_assert_eq!(subscribed, expected, "the answer (left) is not the reference's");
                self.compare_stored(wanted.connection).await
            }
            Command::Unsubscribe { connection, request, narrowed } => {
                let key = (connection.to_owned(), request.to_owned());
                let is_there =
                    self.alive(connection, narrowed).iter().any(|found| found.request_id == request);
                if is_there {
                    self.subscriptions.remove(&key);
                }
                let removed = answer(self.narrowed(narrowed).unsubscribe(connection, request).await);
                prop_assert_eq!(removed, Ok(is_there), "whether there was one (left) is not the reference's");
                self.compare_stored(connection).await
            }
            Command::DeleteByConnection(id, narrowed) => {
                let outcome = self.narrowed(narrowed).delete_by_connection(id).await.unwrap();
                self.delete_by_connection(id, narrowed, outcome.removed).await
            }
            Command::Count(id, narrowed) => {
                let counted = answer(self.narrowed(narrowed).count_by_connection(id).await);
                prop_assert_eq!(counted, Ok(self.alive(id, narrowed).len() as u64));
                Ok(())
            }
            Command::List { by, wanting, narrowed, page_size } => {
                self.list(&by, wanting, narrowed, page_size).await
            }
        }
    }

    async fn end(&mut self) -> Step {
        for connection in CONNECTIONS {
            self.compare_stored(connection).await?;
        }
        Ok(())
    }
}

impl SubscriptionWalk {
    fn now(&self) -> Timestamp {
        self.stores.subscriptions().now()
    }

    fn narrowed(&self, tenant: Option<usize>) -> SubscriptionStore {
        let store = self.stores.subscriptions();
        tenant.map_or_else(|| store.clone(), |tenant| store.for_tenant(TENANTS[tenant]))
    }

    fn queue(&self, tenant: Option<usize>) -> RequestQueue {
        let queue = self.stores.requests();
        tenant.map_or_else(|| queue.clone(), |tenant| queue.for_tenant(TENANTS[tenant]))
    }

    fn subscription(&self, request: Which, wanted: &Wanted) -> Subscription {
        let event_types = wanted.event_types.iter().copied();
        Subscription::new(wanted.connection, &request.key(), "ann", event_types, self.now())
    }

    fn has_expired(&self, subscription: &Subscription) -> bool {
        subscription.ttl.is_some_and(|ttl| ttl <= self.now())
    }

    /// What a connection hears of, by the requests' ids.
    fn alive(&self, connection: &str, narrowed: Option<usize>) -> Vec<Subscription> {
        let alive = self.subscriptions.values().filter(|found| {
            found.connection_id == connection
                && !self.has_expired(found)
                && is_seen_by(narrowed, &found.tenant_id)
        });
        alive.cloned().collect()
    }

    async fn compare_stored(&self, connection: &str) -> Step {
        let stored = self.stores.subscriptions().by_connection(connection).take(99).await.unwrap();
        prop_assert_eq!(stored, self.alive(connection, None), "what is stored (left) differs");
        Ok(())
    }

    /// The tenant of a connection that is there.
    fn tenant_of(&self, connection: &str) -> Option<usize> {
        let found = self.connections.get(connection);
        found.filter(|(_, ttl)| *ttl > self.now().to_unix_seconds()).map(|(tenant, _)| *tenant)
    }

    async fn connect(&mut self, id: &'static str, tenant: usize) -> Step {
        let connection = Connection::new(id, "ann", TENANTS[tenant], "ws://h/ws", self.now());
        self.stores.connections().save(&connection).await.unwrap();
        self.connections.insert(id, (tenant, self.now().to_unix_seconds() + CONNECTION_KEPT));
        Ok(())
    }

    async fn disconnect(&mut self, id: &'static str, narrowed: Option<usize>) -> Step {
        let store = self.stores.connections();
        let store = narrowed.map_or_else(|| store.clone(), |tenant| store.for_tenant(TENANTS[tenant]));
        let tenant = self.tenant_of(id).filter(|tenant| is_seen_by(narrowed, TENANTS[*tenant]));
        let outcome = store.disconnect(id).await.unwrap();
        let removed = outcome.connection.map(|connection| connection.tenant_id);
        prop_assert_eq!(removed.as_deref(), tenant.map(|tenant| TENANTS[tenant]), "the connection (left)");
        if tenant.is_some() {
            self.connections.remove(id);
        }
        self.delete_by_connection(id, narrowed, outcome.subscriptions.removed).await
    }

    /// After all that a connection hears of was removed: so many.
    async fn delete_by_connection(&mut self, id: &str, narrowed: Option<usize>, removed: u64) -> Step {
        let meant = self.alive(id, narrowed);
        prop_assert_eq!(removed, meant.len() as u64, "another number (left) was removed");
        for subscription in meant {
            self.subscriptions.remove(&(subscription.connection_id, subscription.request_id));
        }
        self.compare_stored(id).await
    }

    /// Writes a subscription to the reference, if the contract lets it through and `is_joined` holds.
    fn subscribe(
        &mut self,
        subscription: Subscription,
        narrowed: Option<usize>,
        is_joined: impl FnOnce(&Self) -> bool,
    ) -> Result<(), ErrorKind> {
        let key = (subscription.connection_id.clone(), subscription.request_id.clone());
        if subscription.event_types.is_empty() {
            return Err(ErrorKind::Validation { field: "event_types" });
        }
        if !is_seen_by(narrowed, &subscription.tenant_id) {
            return Err(ErrorKind::Validation { field: "tenant_id" });
        }
        let stored = self.subscriptions.get(&key).filter(|stored| !self.has_expired(stored));
        let is_anothers = stored.is_some_and(|stored| !is_seen_by(narrowed, &stored.tenant_id));
        if is_anothers || !is_joined(self) {
            return Err(ErrorKind::NotFound);
        }
        let ttl = Timestamp::from_unix_seconds(self.now().to_unix_seconds() + KEPT).ok();
        self.subscriptions.insert(key, Subscription { ttl, ..subscription });
        Ok(())
    }

    async fn enqueue_and_subscribe(
        &mut self,
        request: Which,
        payload: &'static str,
        wanted: &Wanted,
        narrowed: Option<usize>,
    ) -> Step {
        let subscription = self.subscription(request, wanted);
        let submission = submission(request, payload).connection(wanted.connection);
        let event_types = wanted.event_types.iter().copied();
        let queue = self.queue(narrowed);
        let enqueued = answer(queue.enqueue_and_subscribe(submission, event_types).await);
        let stored = self.requests.get(&(request.tenant, request.id)).copied();
        let expected = if stored.is_some_and(|stored| stored != payload)
            && is_seen_by(narrowed, TENANTS[request.tenant])
            && !wanted.event_types.is_empty()
        {
            Err(ErrorKind::AlreadyExists)
        } else {
            self.subscribe(subscription, narrowed, |_| true)
        };
        if expected.is_ok() {
            self.requests.insert((request.tenant, request.id), payload);
        }
        let is_replay = enqueued.map(|enqueued| enqueued.is_replay);
        let tenants_error = Err(ErrorKind::Validation { field: "tenant_id" });
        if is_replay == tenants_error && !is_seen_by(narrowed, TENANTS[request.tenant]) {
            return self.compare_stored(wanted.connection).await;
        }
        prop_assert_eq!(is_replay, expected.map(|()| stored.is_some()), "the answer (left)");
        self.compare_stored(wanted.connection).await
    }

    async fn list(
        &self,
        by: &By,
        wanting: Option<EventType>,
        narrowed: Option<usize>,
        page_size: u32,
    ) -> Step {
        let is_listed = |found: &&Subscription| match by {
            By::Connection(id) => found.connection_id == *id,
            By::Request(which) => found.request_key() == which.key(),
        };
        let hears = |found: &&Subscription| {
            let heard: BTreeSet<&str> = found.event_types.iter().map(String::as_str).collect();
            wanting.is_none_or(|wanting| heard.contains(wanting.name()) || heard.contains("*"))
        };
        let expected: Vec<Subscription> = self
            .subscriptions
            .values()
            .filter(|found| !self.has_expired(found) && is_seen_by(narrowed, &found.tenant_id))
            .filter(is_listed)
            .filter(hears)
            .cloned()
            .collect();
        let store = self.narrowed(narrowed);
        let list = || -> SubscriptionList {
            let list = match by {
                By::Connection(id) => store.by_connection(*id),
                By::Request(which) => store.by_request(which.key()),
            };
            wanting.into_iter().fold(list, SubscriptionList::wanting).page_size(page_size)
        };
        if matches!(by, By::Request(which) if !is_seen_by(narrowed, TENANTS[which.tenant])) {
            let refused = answer(list().page().await).map(|page| page.items);
            prop_assert_eq!(refused, Err(ErrorKind::NotFound));
            return Ok(());
        }

        let (mut listed, mut after) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let page = list().after(after).page().await.unwrap();
            listed.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }

        prop_assert!(after.is_none(), "the list has no end");
        if matches!(by, By::Request(_)) {
            prop_assert!(listed.is_sorted_by_key(|found| found.created_at), "not the first one first");
            listed.sort_by(|one, other| one.connection_id.cmp(&other.connection_id));
        }
        prop_assert_eq!(listed, expected, "the list (left) is not the reference's");
        Ok(())
    }
}

fn submission(request: Which, payload: &str) -> Submission {
    let payload = Json::parse(payload).unwrap();
    Submission::new(TENANTS[request.tenant], "ann", "count").id(request.id).payload(payload)
}
