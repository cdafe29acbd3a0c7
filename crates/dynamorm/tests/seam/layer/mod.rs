//! Layers over a transport, and transports whose answers are written by hand.

mod scripted;
mod unhurried;

use dynamorm::{
    testing::{Fault, Faults},
    transport::Transport,
};

pub(crate) use dynamorm::testing::Recording;
pub(crate) use scripted::Scripted;
pub(crate) use unhurried::Unhurried;

/// `transport`, which loses the answer to every request once and sends again what may be sent again.
pub(crate) fn lossy(transport: impl Transport) -> Faults {
    let faults = Faults::over(transport);
    faults.on_any().inject(Fault::SentTwice);
    faults
}
