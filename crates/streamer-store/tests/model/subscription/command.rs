use std::time::Duration;

use proptest::{option, prelude::Strategy, prop_oneof, sample, strategy::BoxedStrategy};
use streamer_store::{EventType, RequestKey};

use crate::tenant::TENANTS;

/// What is done to the subscriptions, and to what they join; the number is the tenant whose store it is.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Connect(&'static str, usize),
    Disconnect(&'static str, Option<usize>),
    Enqueue(Which),
    EnqueueAndSubscribe { request: Which, payload: &'static str, wanted: Wanted, narrowed: Option<usize> },
    Subscribe { request: Which, wanted: Wanted, narrowed: Option<usize> },
    SubscribeChecked { request: Which, wanted: Wanted, narrowed: Option<usize> },
    Unsubscribe { connection: &'static str, request: &'static str, narrowed: Option<usize> },
    DeleteByConnection(&'static str, Option<usize>),
    Count(&'static str, Option<usize>),
    List { by: By, wanting: Option<EventType>, narrowed: Option<usize>, page_size: u32 },
    Wait(Duration),
}

/// One of six requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which {
    pub(crate) tenant: usize,
    pub(crate) id: &'static str,
}

impl Which {
    pub(crate) fn key(self) -> RequestKey {
        RequestKey::new(TENANTS[self.tenant], self.id)
    }
}

/// Who hears, and of what; of nothing at all is refused.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) connection: &'static str,
    pub(crate) event_types: Vec<EventType>,
}

/// Which list.
#[derive(Clone, Debug)]
pub(crate) enum By {
    Connection(&'static str),
    Request(Which),
}

pub(crate) const CONNECTIONS: [&str; 3] = ["c-1", "c-2", "c-3"];

pub(crate) const REQUESTS: [&str; 3] = ["r-1", "r-2", "r-3"];

pub(crate) const PAYLOADS: [&str; 2] = [r#"{"a":1}"#, r#"{"a":22}"#];

const WAITS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(12 * 3600),
    Duration::from_secs(24 * 3600),
    Duration::from_secs(6 * 86_400),
];

pub(super) fn command() -> BoxedStrategy<Command> {
    let connection = || sample::select(&CONNECTIONS[..]);
    let id = || sample::select(&REQUESTS[..]);
    let request = || (0_usize..2, id()).prop_map(|(tenant, id)| Which { tenant, id });
    let narrowed = || option::weighted(0.3, 0_usize..2);
    let wanted = || {
        let event_types = sample::subsequence(&EventType::ALL[..], 0..=2);
        (connection(), event_types).prop_map(|(connection, event_types)| Wanted { connection, event_types })
    };
    let by = prop_oneof![connection().prop_map(By::Connection), request().prop_map(By::Request)];
    let wanting = option::of(sample::select(&EventType::ALL[..]));
    prop_oneof![
        4 => (connection(), 0_usize..2).prop_map(|(id, tenant)| Command::Connect(id, tenant)),
        2 => (connection(), narrowed()).prop_map(|(id, narrowed)| Command::Disconnect(id, narrowed)),
        3 => request().prop_map(Command::Enqueue),
        4 => (request(), sample::select(&PAYLOADS[..]), wanted(), narrowed()).prop_map(
            |(request, payload, wanted, narrowed)| {
                Command::EnqueueAndSubscribe { request, payload, wanted, narrowed }
            },
        ),
        5 => (request(), wanted(), narrowed())
            .prop_map(|(request, wanted, narrowed)| Command::Subscribe { request, wanted, narrowed }),
        5 => (request(), wanted(), narrowed()).prop_map(|(request, wanted, narrowed)| {
            Command::SubscribeChecked { request, wanted, narrowed }
        }),
        2 => (connection(), id(), narrowed()).prop_map(|(connection, request, narrowed)| {
            Command::Unsubscribe { connection, request, narrowed }
        }),
        1 => (connection(), narrowed())
            .prop_map(|(id, narrowed)| Command::DeleteByConnection(id, narrowed)),
        2 => (connection(), narrowed()).prop_map(|(id, narrowed)| Command::Count(id, narrowed)),
        6 => (by, wanting, narrowed(), 1_u32..4).prop_map(|(by, wanting, narrowed, page_size)| {
            Command::List { by, wanting, narrowed, page_size }
        }),
        4 => sample::select(&WAITS[..]).prop_map(Command::Wait),
    ]
    .boxed()
}
