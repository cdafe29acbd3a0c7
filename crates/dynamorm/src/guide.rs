//! The README's and the guide's examples, compiled and run as tests.

#[doc = include_str!("../../../README.md")]
struct Readme;

#[doc = include_str!("../../../docs/guide.md")]
struct Guide;
