//! The embedded engine through its public API, with processes of their own where it takes two.

mod child;
mod durability;
mod embedded;
mod endpoint;
mod files;
mod lock;
mod loopback;
mod refusals;
mod support;
