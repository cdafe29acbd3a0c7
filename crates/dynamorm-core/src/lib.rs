//! The engine-blind core of dynamorm.

pub mod transport;
