//! What every benchmark of the workspace needs to start programs and to show what they measured.

pub mod alignment;
pub mod cargo;
pub mod child;
pub mod machine;
pub mod markdown;
pub mod samples;
