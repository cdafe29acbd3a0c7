//! Names of actions that are safe as a label's value.

use std::{collections::HashSet, fmt, sync::Arc};

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};

/// The name of an action that this process has. Empty for every other, whatever a client or a stored request calls it:
/// who could make names could make series without end.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct ActionName(Arc<str>);

/// The actions that this process has.
#[derive(Debug)]
pub(super) struct ActionNames {
    known: HashSet<Arc<str>>,
    other: Arc<str>,
}

impl ActionNames {
    pub(super) fn new(known: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { known: known.into_iter().map(|name| Arc::from(name.as_ref())).collect(), other: "".into() }
    }

    pub(super) fn named(&self, name: &str) -> ActionName {
        ActionName(Arc::clone(self.known.get(name).unwrap_or(&self.other)))
    }

    pub(super) fn other(&self) -> ActionName {
        ActionName(Arc::clone(&self.other))
    }
}

impl EncodeLabelValue for ActionName {
    fn encode(&self, encoder: &mut LabelValueEncoder<'_>) -> fmt::Result {
        EncodeLabelValue::encode(&&*self.0, encoder)
    }
}
