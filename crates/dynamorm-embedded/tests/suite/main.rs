//! The embedded engine through its public API.

mod embedded;
mod support;
