use std::time::Duration;

use dynamorm::Timestamp;
use proptest::{option, prelude::Strategy, prop_oneof, sample, strategy::BoxedStrategy};
use streamer_store::Connection;

use crate::tenant::TENANTS;

/// What is done to the connections; the number is the tenant whose store it is.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Save(Wanted, Option<usize>),
    Create(Wanted),
    Delete(&'static str, Option<usize>),
    Ping(&'static str, Option<usize>),
    DeleteStale { ago: Duration, narrowed: Option<usize> },
    DeleteByServer(&'static str, Option<usize>),
    DeleteAll(Option<usize>),
    Get(&'static str, Option<usize>),
    List { by: By, narrowed: Option<usize>, page_size: u32 },
    Wait(Duration),
}

/// A connection to be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    id: &'static str,
    tenant: usize,
    user: &'static str,
    server: Option<&'static str>,
    kept: Option<Duration>,
}

/// Which list.
#[derive(Clone, Debug)]
pub(crate) enum By {
    User(&'static str),
    Tenant(usize),
}

pub(crate) const IDS: [&str; 3] = ["c-1", "c-2", "c-3"];

const USERS: [&str; 2] = ["ann", "bob"];

const SERVERS: [&str; 2] = ["s-1", "s-2"];

/// Within a minute of a ping and past it, up to a connection's end and past it.
const WAITS: [Duration; 6] = [
    Duration::from_millis(500),
    Duration::from_secs(20),
    Duration::from_secs(40),
    Duration::from_secs(60),
    Duration::from_secs(12 * 3600),
    Duration::from_secs(24 * 3600),
];

impl Wanted {
    pub(crate) fn connection(&self, now: Timestamp) -> Connection {
        let mut connection = Connection::new(self.id, self.user, TENANTS[self.tenant], "ws://h/ws", now);
        connection.server_id = self.server.map(str::to_owned);
        connection.ttl = self.kept.map(|time| now.saturating_add(time));
        connection.metadata.extend(self.server.map(|server| ("agent".to_owned(), server.to_owned())));
        connection
    }
}

pub(super) fn command() -> BoxedStrategy<Command> {
    let id = || sample::select(&IDS[..]);
    let server = || sample::select(&SERVERS[..]);
    let narrowed = || option::weighted(0.3, 0_usize..2);
    let wanted = || {
        let kept = option::weighted(0.2, sample::select(&WAITS[1..5]));
        (id(), 0_usize..2, sample::select(&USERS[..]), option::of(server()), kept)
            .prop_map(|(id, tenant, user, server, kept)| Wanted { id, tenant, user, server, kept })
    };
    let by = prop_oneof![sample::select(&USERS[..]).prop_map(By::User), (0_usize..2).prop_map(By::Tenant),];
    prop_oneof![
        4 => (wanted(), narrowed()).prop_map(|(wanted, narrowed)| Command::Save(wanted, narrowed)),
        4 => wanted().prop_map(Command::Create),
        3 => (id(), narrowed()).prop_map(|(id, narrowed)| Command::Delete(id, narrowed)),
        8 => (id(), narrowed()).prop_map(|(id, narrowed)| Command::Ping(id, narrowed)),
        1 => (sample::select(&WAITS[..5]), narrowed())
            .prop_map(|(ago, narrowed)| Command::DeleteStale { ago, narrowed }),
        1 => (server(), narrowed())
            .prop_map(|(server, narrowed)| Command::DeleteByServer(server, narrowed)),
        1 => narrowed().prop_map(Command::DeleteAll),
        2 => (id(), narrowed()).prop_map(|(id, narrowed)| Command::Get(id, narrowed)),
        3 => (by, narrowed(), 1_u32..4)
            .prop_map(|(by, narrowed, page_size)| Command::List { by, narrowed, page_size }),
        6 => sample::select(&WAITS[..]).prop_map(Command::Wait),
    ]
    .boxed()
}
