use std::time::Duration;

use proptest::{
    option,
    prelude::{Just, Strategy, any},
    prop_oneof, sample,
    strategy::BoxedStrategy,
};
use streamer_store::{Priority, RequestKey, RequestStatus};

use crate::tenant::TENANTS;

/// What is done to the queue.
#[derive(Clone, Debug)]
pub(crate) enum Command {
    Enqueue(Wanted),
    Claim {
        request: Which,
        worker: &'static str,
        lease: Duration,
    },
    Dequeue {
        n: usize,
        worker: &'static str,
        lease: Duration,
        narrowed: Option<usize>,
    },
    Held {
        hold: usize,
        write: HeldWrite,
    },
    Cancel(Which),
    Requeue(Which),
    UpdateStatus(Which, RequestStatus),
    Delete(Which),
    Reap {
        narrowed: Option<usize>,
    },
    Get(Which),
    List {
        by: By,
        narrowed: Option<usize>,
        page_size: u32,
    },
    /// Everything to a request by a queue that is another tenant's.
    Trespass(Which),
    Wait(Duration),
}

/// A request to be.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    pub(crate) request: Which,
    pub(crate) payload: &'static str,
    pub(crate) priority: Priority,
    pub(crate) max_retries: u32,
    pub(crate) after: Option<Duration>,
    pub(crate) connection: Option<&'static str>,
}

/// One of six requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which {
    tenant: usize,
    id: &'static str,
}

impl Which {
    pub(crate) fn key(self) -> RequestKey {
        RequestKey::new(TENANTS[self.tenant], self.id)
    }

    /// The tenant that it is not of.
    pub(crate) fn stranger(self) -> &'static str {
        TENANTS[1 - self.tenant]
    }
}

/// What a holder writes, by its own lease: one of those that were ever given, the latest first.
#[derive(Clone, Debug)]
pub(crate) enum HeldWrite {
    Heartbeat(Duration),
    Progress(u8, Option<&'static str>),
    Checkpoint(&'static str),
    Complete(&'static str),
    Fail(&'static str),
    Retry(&'static str, Option<Duration>),
    Release,
}

/// Which list.
#[derive(Clone, Debug)]
pub(crate) enum By {
    Connection(&'static str),
    User(&'static str),
    Tenant(usize),
}

pub(crate) const CONNECTIONS: [&str; 2] = ["c-1", "c-2"];

/// Texts of different length, so that two of them differ where a message shows no more than that.
const OBJECTS: [&str; 3] = [r#"{"a":1}"#, r#"{"a":22}"#, r#"{"a":333}"#];

const WORDS: [&str; 3] = ["one", "two", "three"];

/// Short of the end of a lease with its allowance, at it, and past it; then past all retries, and past what has ended.
const WAITS: [Duration; 8] = [
    Duration::from_millis(1),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(10),
    Duration::from_secs(30),
    Duration::from_secs(360),
    Duration::from_secs(3 * 86_400),
    Duration::from_secs(4 * 86_400),
];

const LEASES: [Duration; 2] = [Duration::from_secs(10), Duration::from_secs(30)];

pub(super) fn command() -> BoxedStrategy<Command> {
    let which = || {
        (sample::select(&[0_usize, 0, 1][..]), sample::select(&["r-1", "r-2", "r-3"][..]))
            .prop_map(|(tenant, id)| Which { tenant, id })
    };
    let worker = || sample::select(&["w-1", "w-2"][..]);
    let lease = || sample::select(&LEASES[..]);
    let narrowed = || option::weighted(0.2, 0_usize..2);
    let enqueue = (
        which(),
        sample::select(&OBJECTS[..2]),
        sample::select(&Priority::ALL[..]),
        0_u32..3,
        option::weighted(0.2, sample::select(&WAITS[1..5])),
        option::of(sample::select(&CONNECTIONS[..])),
    )
        .prop_map(|(request, payload, priority, max_retries, after, connection)| {
            Command::Enqueue(Wanted { request, payload, priority, max_retries, after, connection })
        });
    let by = prop_oneof![
        sample::select(&CONNECTIONS[..]).prop_map(By::Connection),
        sample::select(&["ann", "bob"][..]).prop_map(By::User),
        (0_usize..2).prop_map(By::Tenant),
    ];
    prop_oneof![
        8 => enqueue,
        4 => (which(), worker(), lease())
            .prop_map(|(request, worker, lease)| Command::Claim { request, worker, lease }),
        4 => (0_usize..5, worker(), lease(), narrowed())
            .prop_map(|(n, worker, lease, narrowed)| Command::Dequeue { n, worker, lease, narrowed }),
        14 => (0_usize..4, held_write()).prop_map(|(hold, write)| Command::Held { hold, write }),
        2 => which().prop_map(Command::Cancel),
        3 => which().prop_map(Command::Requeue),
        1 => (which(), sample::select(&RequestStatus::ALL[..]))
            .prop_map(|(request, status)| Command::UpdateStatus(request, status)),
        1 => which().prop_map(Command::Delete),
        1 => narrowed().prop_map(|narrowed| Command::Reap { narrowed }),
        1 => which().prop_map(Command::Get),
        2 => (by, narrowed(), 1_u32..4)
            .prop_map(|(by, narrowed, page_size)| Command::List { by, narrowed, page_size }),
        1 => which().prop_map(Command::Trespass),
        10 => sample::select(&WAITS[..]).prop_map(Command::Wait),
    ]
    .boxed()
}

fn held_write() -> impl Strategy<Value = HeldWrite> {
    let object = || sample::select(&OBJECTS[..]);
    let word = || sample::select(&WORDS[..]);
    prop_oneof![
        sample::select(&LEASES[..]).prop_map(HeldWrite::Heartbeat),
        (any::<u8>().prop_map(|number| number % 110), option::of(word()))
            .prop_map(|(percentage, message)| HeldWrite::Progress(percentage, message)),
        object().prop_map(HeldWrite::Checkpoint),
        object().prop_map(HeldWrite::Complete),
        word().prop_map(HeldWrite::Fail),
        (word(), option::of(sample::select(&WAITS[1..5])))
            .prop_map(|(error, after)| HeldWrite::Retry(error, after)),
        Just(HeldWrite::Release),
    ]
}
