use std::fmt;

use clap::ValueEnum;

/// A program of `crates/streamer/fuzz`: the body that every input is given to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    /// What a token claims whose signature holds.
    Claims,
    /// The bytes of a connection after its handshake.
    Frames,
    /// A file of keys, as a set and as PEM.
    Jwks,
    /// A text frame.
    Message,
    /// A token, and where it stands in a request.
    Token,
}

impl Target {
    /// The name of its program, of its file and of the folder of its corpus.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Claims => "claims",
            Self::Frames => "frames",
            Self::Jwks => "jwks",
            Self::Message => "message",
            Self::Token => "token",
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    /// The names in a folder of the fuzz crate, without their endings, sorted.
    fn names(folder: &str) -> Vec<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../streamer/fuzz").join(folder);
        let name = |entry: fs::DirEntry| entry.path().file_stem().unwrap().to_str().unwrap().to_owned();
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| name(entry.unwrap())).collect();
        names.sort();
        names
    }

    mod target {
        use super::*;

        #[test]
        fn is_called_as_the_argument_calls_it() {
            for target in Target::value_variants() {
                assert_eq!(Target::from_str(target.name(), false), Ok(*target));
            }
        }

        #[test]
        fn is_every_program_of_the_fuzz_crate_and_has_a_corpus() {
            let targets: Vec<_> = Target::value_variants().iter().map(|target| target.name()).collect();

            assert_eq!(names("fuzz_targets"), targets);
            assert_eq!(names("corpus"), targets);
        }
    }
}
