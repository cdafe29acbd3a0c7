use std::{
    any::TypeId,
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use dynamorm_core::{
    Clock, Random, SystemClock, SystemRandom, Timestamp,
    model::Model,
    transport::{Capabilities, Transport},
};

use crate::{Observer, cursor_key::CursorKey};

/// The tables of one engine. Cheap to clone; all clones share the engine's connections.
///
/// Its methods are the verbs, one request each unless they say otherwise; they return builders that are awaited as
/// they stand.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

/// Nobody from outside chooses what is hashed, which every request looks up.
type ResolvedNames = HashMap<TypeId, Arc<str>, foldhash::fast::RandomState>;

#[derive(Clone)]
struct Inner {
    transport: Arc<dyn Transport>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    table_prefix: String,
    table_names: HashMap<TypeId, String>,
    cursor_key: Option<CursorKey>,
    observers: Vec<Arc<dyn Observer>>,
    /// Each model's table name as it is sent, made when it is first asked for.
    resolved_names: Arc<RwLock<ResolvedNames>>,
}

impl Db {
    /// The tables behind `transport`: an engine, or a layer over one.
    pub fn new(transport: impl Transport) -> Self {
        Self::from_shared(Arc::new(transport))
    }

    /// The tables behind a transport that is shared with others.
    pub fn from_shared(transport: Arc<dyn Transport>) -> Self {
        Self {
            inner: Arc::new(Inner {
                transport,
                clock: Arc::new(SystemClock),
                random: Arc::new(SystemRandom),
                table_prefix: String::new(),
                table_names: HashMap::new(),
                cursor_key: None,
                observers: Vec::new(),
                resolved_names: Arc::default(),
            }),
        }
    }

    /// Puts `prefix` before the table names that models give.
    #[must_use]
    pub fn with_table_prefix(self, prefix: impl Into<String>) -> Self {
        self.changed(|inner| inner.table_prefix = prefix.into())
    }

    /// What stands before the table names that models give; empty unless it was set.
    pub fn table_prefix(&self) -> &str {
        &self.inner.table_prefix
    }

    /// Keeps the items of model `M` in the table `name`, whatever the model and the prefix say.
    #[must_use]
    pub fn with_table_name<M: Model>(self, name: impl Into<String>) -> Self {
        self.changed(|inner| {
            inner.table_names.insert(TypeId::of::<M>(), name.into());
        })
    }

    /// Takes the time from `clock`: expiry, `created_at` and `updated_at`.
    #[must_use]
    pub fn with_clock(self, clock: impl Clock) -> Self {
        self.changed(|inner| inner.clock = Arc::new(clock))
    }

    /// Takes randomness from `random`: the nonces of sealed cursors.
    #[must_use]
    pub fn with_random(self, random: impl Random) -> Self {
        self.changed(|inner| inner.random = Arc::new(random))
    }

    /// Seals cursors with `key` (XChaCha20-Poly1305), so that who holds one can neither read nor forge it.
    ///
    /// All processes that hand out and take cursors of one another need the same key. Without one, cursors are bound
    /// to their query but show the keys they stand for.
    #[must_use]
    pub fn with_cursor_key(self, key: [u8; 32]) -> Self {
        self.changed(|inner| inner.cursor_key = Some(CursorKey::new(key)))
    }

    /// Tells `observer` of every request once it is answered, beside those that are told already.
    #[must_use]
    pub fn with_observer(self, observer: Arc<dyn Observer>) -> Self {
        self.changed(|inner| inner.observers.push(observer))
    }

    fn changed(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        let inner = Arc::make_mut(&mut self.inner);
        change(inner);
        inner.resolved_names = Arc::default();
        self
    }

    /// The present instant, by this `Db`'s clock.
    pub fn now(&self) -> Timestamp {
        self.inner.clock.now()
    }

    /// Fills `bytes` with this `Db`'s randomness.
    pub fn fill_random(&self, bytes: &mut [u8]) {
        self.inner.random.fill(bytes);
    }

    /// What the engine lacks of DynamoDB.
    pub fn capabilities(&self) -> Capabilities {
        self.inner.transport.capabilities()
    }

    /// The name of model `M`'s table, as it is sent.
    pub fn table_name<M: Model>(&self) -> Arc<str> {
        let id = TypeId::of::<M>();
        let names = self.inner.resolved_names.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(name) = names.get(&id) {
            return Arc::clone(name);
        }
        drop(names);
        let name: Arc<str> = match self.inner.table_names.get(&id) {
            Some(name) => name.as_str().into(),
            None => format!("{}{}", self.inner.table_prefix, M::TABLE.name).into(),
        };
        let mut names = self.inner.resolved_names.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(names.entry(id).or_insert(name))
    }

    /// These tables through a layer over their transport, and the layer.
    #[cfg(feature = "testing")]
    pub(crate) fn layered<L: Transport + Clone>(
        self,
        layer: impl FnOnce(Arc<dyn Transport>) -> L,
    ) -> (Self, L) {
        let layer = layer(Arc::clone(&self.inner.transport));
        let transport = layer.clone();
        (self.changed(|inner| inner.transport = Arc::new(transport)), layer)
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.inner.transport
    }

    pub(crate) fn observers(&self) -> &[Arc<dyn Observer>] {
        &self.inner.observers
    }

    pub(crate) fn cursor_key(&self) -> Option<&CursorKey> {
        self.inner.cursor_key.as_ref()
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("engine", &self.capabilities().engine)
            .field("table_prefix", &self.inner.table_prefix)
            .finish_non_exhaustive()
    }
}
