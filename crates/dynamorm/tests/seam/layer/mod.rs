//! Layers over a transport, and transports whose answers are written by hand.

mod fated;
mod lossy;
mod recording;
mod scripted;
mod unhurried;

pub(crate) use fated::{Fate, Fated};
pub(crate) use lossy::Lossy;
pub(crate) use recording::Recording;
pub(crate) use scripted::Scripted;
pub(crate) use unhurried::Unhurried;
