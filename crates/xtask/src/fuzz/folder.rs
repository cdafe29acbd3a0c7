/// Where all that fuzzing makes lies, below the root.
pub(super) const FOLDER: &str = "target/fuzz";
