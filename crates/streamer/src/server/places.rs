//! How many connections one user and one tenant hold.
//!
//! Counted in this process alone: on a database that several servers share, each has its own count, and a client may
//! hold as many on every one of them.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::refusal::{Refusal, Whose};
use crate::auth::Identity;

/// How many connections one user and one tenant may hold on a server; `None` is as many as it holds at all.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ClientLimits {
    /// Those of one user. Users of two tenants are two, whatever they are called.
    pub per_user: Option<usize>,
    /// Those of one tenant, its users' together.
    pub per_tenant: Option<usize>,
}

/// Who holds how many.
#[derive(Debug)]
pub(super) struct Places {
    limits: ClientLimits,
    held: Mutex<Held>,
}

/// Counts of those who hold any, as far as there is a limit to compare them with.
#[derive(Debug, Default)]
struct Held {
    by_user: HashMap<User, usize>,
    by_tenant: HashMap<String, usize>,
}

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
struct User {
    tenant_id: String,
    user_id: String,
}

/// One connection's place, free again when this is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    user: User,
}

impl Places {
    pub(super) fn new(limits: ClientLimits) -> Self {
        Self { limits, held: Mutex::default() }
    }

    /// Takes a place for a connection of this client.
    pub(super) fn take(self: &Arc<Self>, identity: &Identity) -> Result<Place, Refusal> {
        let user = User { tenant_id: identity.tenant_id.clone(), user_id: identity.user_id.clone() };
        let mut held = self.held();
        if let Some(limit) = self.limits.per_user.filter(|limit| count(&held.by_user, &user) >= *limit) {
            return Err(Refusal::TooMany { whose: Whose::User, limit });
        }
        let of_tenant = count(&held.by_tenant, &user.tenant_id);
        if let Some(limit) = self.limits.per_tenant.filter(|limit| of_tenant >= *limit) {
            return Err(Refusal::TooMany { whose: Whose::Tenant, limit });
        }
        if self.limits.per_user.is_some() {
            *held.by_user.entry(user.clone()).or_default() += 1;
        }
        if self.limits.per_tenant.is_some() {
            *held.by_tenant.entry(user.tenant_id.clone()).or_default() += 1;
        }
        drop(held);
        Ok(Place { places: Arc::clone(self), user })
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        give_back(&mut held.by_user, &self.user);
        give_back(&mut held.by_tenant, &self.user.tenant_id);
    }
}

fn count<K: Eq + Hash>(held: &HashMap<K, usize>, whose: &K) -> usize {
    held.get(whose).copied().unwrap_or_default()
}

/// Whoever holds none any more is forgotten: clients come and go for as long as the server runs.
fn give_back<K: Eq + Hash>(held: &mut HashMap<K, usize>, whose: &K) {
    if let Some(count) = held.get_mut(whose) {
        *count -= 1;
        if *count == 0 {
            held.remove(whose);
        }
    }
}
