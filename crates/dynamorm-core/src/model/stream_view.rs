use std::fmt;

/// What the records of a table's stream hold of a changed item, besides its key.
///
/// [`StreamViewType`](https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_StreamSpecification.html).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StreamView {
    /// Nothing (`KEYS_ONLY`).
    KeysOnly,
    /// The item after the change (`NEW_IMAGE`).
    NewImage,
    /// The item before the change (`OLD_IMAGE`).
    OldImage,
    /// Both (`NEW_AND_OLD_IMAGES`).
    NewAndOldImages,
}

impl StreamView {
    /// Every view.
    pub const ALL: [Self; 4] = [Self::KeysOnly, Self::NewImage, Self::OldImage, Self::NewAndOldImages];

    /// The name on the wire, such as `NEW_IMAGE`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeysOnly => "KEYS_ONLY",
            Self::NewImage => "NEW_IMAGE",
            Self::OldImage => "OLD_IMAGE",
            Self::NewAndOldImages => "NEW_AND_OLD_IMAGES",
        }
    }

    /// The view of that name on the wire.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|view| view.name() == name)
    }

    /// Whether a reader that needs `other` finds all of it in records of this view.
    pub fn covers(self, other: Self) -> bool {
        self == other || self == Self::NewAndOldImages || other == Self::KeysOnly
    }
}

impl fmt::Display for StreamView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::StreamView::{self, KeysOnly, NewAndOldImages, NewImage, OldImage};

    #[test]
    fn every_name_reads_back() {
        assert_eq!(StreamView::ALL.map(|view| StreamView::named(view.name())), StreamView::ALL.map(Some));
        assert_eq!(StreamView::named("IMAGES"), None);
    }

    #[test]
    fn covers_what_its_records_hold() {
        let covered = |view: StreamView| StreamView::ALL.map(|other| view.covers(other));

        assert_eq!(covered(KeysOnly), [true, false, false, false]);
        assert_eq!(covered(NewImage), [true, true, false, false]);
        assert_eq!(covered(OldImage), [true, false, true, false]);
        assert_eq!(covered(NewAndOldImages), [true, true, true, true]);
    }
}
