mod command;

use std::collections::BTreeMap;

use dynamorm::{Timestamp, testing::TestClock};
use proptest::{prop_assert, prop_assert_eq, strategy::BoxedStrategy};
use streamer_store::{
    Connection, ConnectionStore, ErrorKind, PING_WRITE_INTERVAL, PingOutcome, StoreFactory, TIME_TO_LIVE,
};

use crate::{
    tenant::{TENANTS, is_seen_by},
    walk::{Step, Walk, answer},
};
use command::{By, Command, IDS, Wanted};

/// More pages than a few connections can have, empty ones included.
const MAX_PAGES: usize = 20;

/// The connections as the contract has them, beside the store.
pub(crate) struct ConnectionWalk {
    store: ConnectionStore,
    clock: TestClock,
    connections: BTreeMap<String, Connection>,
    /// When the store last wrote a ping of a connection that is there since.
    pings: BTreeMap<String, Timestamp>,
}

impl Walk for ConnectionWalk {
    type Command = Command;

    fn command() -> BoxedStrategy<Command> {
        command::command()
    }

    fn begin(stores: StoreFactory, clock: TestClock) -> Self {
        let store = stores.connections();
        Self { store, clock, connections: BTreeMap::new(), pings: BTreeMap::new() }
    }

    async fn step(&mut self, command: Command) -> Step {
        match command {
            Command::Wait(time) => {
                self.clock.advance(time);
                Ok(())
            }
            Command::Save(wanted, narrowed) => self.save(&wanted, narrowed).await,
            Command::Create(wanted) => self.create(&wanted).await,
            Command::Delete(id, narrowed) => self.delete(id, narrowed).await,
            Command::Ping(id, narrowed) => self.ping(id, narrowed).await,
            Command::DeleteStale { ago, narrowed } => {
                let before = self.now().saturating_sub(ago);
                let removal = self.narrowed(narrowed).delete_stale(before).await.unwrap();
                let is_stale = |connection: &Connection| connection.last_ping < before;
                self.remove_all(removal.removed, narrowed, is_stale).await
            }
            Command::DeleteByServer(server, narrowed) => {
                let removal = self.narrowed(narrowed).delete_by_server(server).await.unwrap();
                let is_held = |connection: &Connection| connection.server_id.as_deref() == Some(server);
                self.remove_all(removal.removed, narrowed, is_held).await
            }
            Command::DeleteAll(narrowed) => {
                let removal = self.narrowed(narrowed).delete_all().await.unwrap();
                self.remove_all(removal.removed, narrowed, |_| true).await
            }
            Command::Get(id, narrowed) => {
                let expected = self.get(id, narrowed).cloned();
                let stored = answer(self.narrowed(narrowed).get(id).await);
                prop_assert_eq!(stored, expected, "what is read (left) differs");
                Ok(())
            }
            Command::List { by, narrowed, page_size } => self.list(&by, narrowed, page_size).await,
        }
    }

    async fn end(&mut self) -> Step {
        for id in IDS {
            self.compare_stored(id).await?;
        }
        Ok(())
    }
}

impl ConnectionWalk {
    fn now(&self) -> Timestamp {
        self.store.now()
    }

    fn narrowed(&self, tenant: Option<usize>) -> ConnectionStore {
        tenant.map_or_else(|| self.store.clone(), |tenant| self.store.for_tenant(TENANTS[tenant]))
    }

    /// The connection, unless it is absent, has expired, or is another tenant's.
    fn get(&self, id: &str, narrowed: Option<usize>) -> Result<&Connection, ErrorKind> {
        let found = self.connections.get(id).filter(|connection| !has_expired(connection, self.now()));
        found.filter(|found| is_seen_by(narrowed, &found.tenant_id)).ok_or(ErrorKind::NotFound)
    }

    async fn compare_stored(&self, id: &str) -> Step {
        let stored = answer(self.store.get_consistent(id).await);
        prop_assert_eq!(stored, self.get(id, None).cloned(), "what is stored (left) differs");
        Ok(())
    }

    /// What is stored for a connection that was given: it expires in 24 hours if it does not say when.
    fn insert(&mut self, given: &Connection) {
        let now = self.now();
        let mut connection = given.clone();
        connection.ttl = Some(whole_seconds(given.ttl.unwrap_or(now.saturating_add(TIME_TO_LIVE))));
        self.remove(&given.connection_id);
        self.connections.insert(given.connection_id.clone(), connection);
    }

    fn remove(&mut self, id: &str) -> Option<Connection> {
        self.pings.remove(id);
        self.connections.remove(id)
    }

    async fn save(&mut self, wanted: &Wanted, narrowed: Option<usize>) -> Step {
        let connection = wanted.connection(self.now());
        let id = connection.connection_id.as_str();
        let saved = answer(self.narrowed(narrowed).save(&connection).await);
        let is_anothers = self.get(id, None).is_ok_and(|found| !is_seen_by(narrowed, &found.tenant_id));
        let expected = if !is_seen_by(narrowed, &connection.tenant_id) {
            Err(ErrorKind::Validation { field: "tenant_id" })
        } else if is_anothers {
            Err(ErrorKind::NotFound)
        } else {
            self.insert(&connection);
            Ok(())
        };
        prop_assert_eq!(saved, expected, "the answer (left) is not the reference's");
        self.compare_stored(id).await
    }

    async fn create(&mut self, wanted: &Wanted) -> Step {
        let connection = wanted.connection(self.now());
        let id = connection.connection_id.as_str();
        let created = answer(self.store.create(&connection).await);
        let expected = match self.get(id, None) {
            Ok(_) => Err(ErrorKind::AlreadyExists),
            Err(_) => {
                self.insert(&connection);
                Ok(())
            }
        };
        prop_assert_eq!(created, expected, "the answer (left) is not the reference's");
        self.compare_stored(id).await
    }

    async fn delete(&mut self, id: &str, narrowed: Option<usize>) -> Step {
        let expected = match self.get(id, narrowed) {
            Ok(_) => self.remove(id),
            Err(_) => None,
        };
        let removed = answer(self.narrowed(narrowed).delete(id).await);
        prop_assert_eq!(removed, Ok(expected), "what was removed (left) differs");
        self.compare_stored(id).await
    }

    async fn ping(&mut self, id: &str, narrowed: Option<usize>) -> Step {
        let now = self.now();
        let pinged = answer(self.narrowed(narrowed).update_last_ping(id).await);
        let is_recent =
            self.pings.get(id).is_some_and(|written| now < written.saturating_add(PING_WRITE_INTERVAL));
        let expected = self.get(id, narrowed).map(|_| match is_recent {
            true => PingOutcome::Recent,
            false => PingOutcome::Written,
        });
        prop_assert_eq!(&pinged, &expected, "the answer (left) is not the reference's");
        if pinged == Ok(PingOutcome::Written)
            && let Some(connection) = self.connections.get_mut(id)
        {
            connection.last_ping = now;
            connection.ttl = Some(whole_seconds(now.saturating_add(TIME_TO_LIVE)));
            self.pings.insert(id.to_owned(), now);
        }
        self.compare_stored(id).await
    }

    /// After a removal of all that `is_meant`, of which so many went.
    async fn remove_all(
        &mut self,
        removed: u64,
        narrowed: Option<usize>,
        is_meant: impl Fn(&Connection) -> bool,
    ) -> Step {
        let meant = |is_alive: bool| -> Vec<&str> {
            let stored = self.connections.iter().filter(|(_, connection)| {
                let is_there = !is_alive || !has_expired(connection, self.now());
                is_there && is_seen_by(narrowed, &connection.tenant_id) && is_meant(connection)
            });
            stored.filter_map(|(id, _)| IDS.into_iter().find(|known| known == id)).collect()
        };
        // What has expired goes with the others if the engine has it still.
        let (fewest, meant) = (meant(true).len() as u64, meant(false));
        let is_counted = (fewest..=meant.len() as u64).contains(&removed);
        prop_assert!(is_counted, "{removed} were removed, of {fewest} to {meant:?}");
        for id in meant {
            self.remove(id);
        }
        self.end().await
    }

    async fn list(&self, by: &By, narrowed: Option<usize>, page_size: u32) -> Step {
        let is_listed = |connection: &&Connection| match by {
            By::User(id) => connection.user_id == *id,
            By::Tenant(tenant) => connection.tenant_id == TENANTS[*tenant],
        };
        if matches!(by, By::Tenant(tenant) if !is_seen_by(narrowed, TENANTS[*tenant])) {
            let store = self.narrowed(narrowed);
            let By::Tenant(tenant) = by else { return Ok(()) };
            let refused = answer(store.list_by_tenant(TENANTS[*tenant]).page().await).map(|page| page.items);
            prop_assert_eq!(refused, Err(ErrorKind::NotFound));
            return Ok(());
        }
        let expected: Vec<Connection> =
            IDS.iter().filter_map(|id| self.get(id, narrowed).ok()).filter(is_listed).cloned().collect();

        let (mut listed, mut after) = (Vec::new(), None);
        for _ in 0..MAX_PAGES {
            let store = self.narrowed(narrowed);
            let list = match by {
                By::User(id) => store.list_by_user(id),
                By::Tenant(tenant) => store.list_by_tenant(TENANTS[*tenant]),
            };
            let page = list.page_size(page_size).after(after).page().await.unwrap();
            listed.extend(page.items);
            after = page.next;
            if after.is_none() {
                break;
            }
        }

        prop_assert!(after.is_none(), "the list has no end");
        prop_assert!(listed.is_sorted_by_key(|connection| std::cmp::Reverse(connection.connected_at)));
        listed.sort_by(|one, other| one.connection_id.cmp(&other.connection_id));
        prop_assert_eq!(listed, expected, "the list (left) is not the reference's");
        Ok(())
    }
}

fn has_expired(connection: &Connection, now: Timestamp) -> bool {
    connection.ttl.is_some_and(|ttl| ttl <= now)
}

/// Epoch seconds have no fraction.
fn whole_seconds(instant: Timestamp) -> Timestamp {
    Timestamp::from_unix_seconds(instant.to_unix_seconds()).unwrap()
}
