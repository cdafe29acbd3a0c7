/// Whether an attribute may be absent: [`Optional`], never ([`Fixed`]), or as its type says ([`Required`]).
pub trait Presence {}

/// The attribute may be absent: it has a default, or stands in a list or a map.
#[derive(Clone, Copy, Debug)]
pub struct Optional;

/// The attribute may be absent only if its type has a value for that: an option, a set.
#[derive(Clone, Copy, Debug)]
pub struct Required;

/// The attribute is never absent, whatever its type says: it is an array's element.
#[derive(Clone, Copy, Debug)]
pub struct Fixed;

impl Presence for Fixed {}
impl Presence for Optional {}
impl Presence for Required {}
