use std::fs;

use tempfile::TempDir;

use super::{DataDirectory, Format, SourcePath};
use crate::{handler::HandlerError, protocol::Code};

/// A data directory, and a file beside it that must not be read.
struct Place {
    place: TempDir,
    directory: DataDirectory,
}

impl Place {
    fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir_all(place.path().join("data/below")).unwrap();
        fs::write(place.path().join("data/below/a.csv"), "inside").unwrap();
        fs::write(place.path().join("secret.csv"), "outside").unwrap();
        let directory = DataDirectory::open(&place.path().join("data")).unwrap();
        Self { place, directory }
    }

    fn data(&self, name: &str) -> std::path::PathBuf {
        self.place.path().join("data").join(name)
    }

    fn read(&self, source: &str) -> Result<String, HandlerError> {
        let file = self.directory.open_file(&SourcePath::parse(source).unwrap())?;
        Ok(std::io::read_to_string(file).unwrap())
    }

    fn refused(&self, source: &str) -> Code {
        let error = self.read(source).unwrap_err();
        assert!(!error.is_retryable(), "{error}");
        error.code()
    }
}

#[test]
fn is_a_relative_path_that_goes_down() {
    for text in [
        "../secret.csv",
        "below/../../secret.csv",
        "below/../a.csv",
        "/etc/passwd.csv",
        "..",
        "a\\b.csv",
        "a\0.csv",
        "",
        ".",
    ] {
        assert!(SourcePath::parse(text).is_err(), "{text:?}");
    }
    for text in ["a.csv", "./a.csv", "below//a.csv", "a..b/c.csv", "...csv"] {
        assert!(SourcePath::parse(text).is_ok(), "{text:?}");
    }
}

#[test]
fn says_its_format_by_its_extension() {
    for (text, format) in [
        ("a.csv", Some(Format::Csv)),
        ("a.b.CSV", Some(Format::Csv)),
        ("a.jsonl", Some(Format::JsonLines)),
        ("a.ndjson", Some(Format::JsonLines)),
        ("a.json", None),
        ("csv", None),
        (".csv", None),
        ("a.csv/b", None),
    ] {
        assert_eq!(SourcePath::parse(text).ok().map(|path| path.format), format, "{text}");
    }
}

#[test]
fn is_opened_below_the_directory() {
    let place = Place::new();

    assert_eq!(place.read("below/a.csv").unwrap(), "inside");
    assert_eq!(place.refused("absent.csv"), Code::NotFound);
    assert_eq!(place.refused("below/a.csv/b.csv"), Code::NotFound);
    assert_eq!(place.refused(&format!("{}.csv", "a".repeat(300))), Code::NotFound);
}

#[test]
fn stays_open_when_another_directory_takes_the_path() {
    let place = Place::new();

    fs::rename(place.place.path().join("data"), place.place.path().join("moved")).unwrap();

    assert_eq!(place.read("below/a.csv").unwrap(), "inside");
}

#[test]
fn that_is_a_directory_is_no_file() {
    let place = Place::new();
    fs::create_dir(place.data("directory.csv")).unwrap();

    assert_eq!(place.refused("directory.csv"), Code::ValidationError);
}

#[test]
fn of_the_data_has_to_be_a_directory() {
    let place = Place::new();

    for path in ["absent", "secret.csv"] {
        let error = DataDirectory::open(&place.place.path().join(path)).unwrap_err();
        assert_eq!(error.kind(), crate::ErrorKind::Configuration);
    }
}

#[cfg(unix)]
mod link {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn within_the_directory_is_followed() {
        let place = Place::new();
        symlink("below/a.csv", place.data("file.csv")).unwrap();
        symlink("below", place.data("directory")).unwrap();
        symlink("../below/a.csv", place.data("below/up_and_down.csv")).unwrap();

        for source in ["file.csv", "directory/a.csv", "below/up_and_down.csv"] {
            assert_eq!(place.read(source).unwrap(), "inside", "{source}");
        }
    }

    #[test]
    fn out_of_the_directory_is_refused() {
        let place = Place::new();
        let outside = place.place.path();
        symlink("../secret.csv", place.data("relative.csv")).unwrap();
        symlink(outside.join("secret.csv"), place.data("absolute.csv")).unwrap();
        symlink("..", place.data("up")).unwrap();
        symlink(outside, place.data("absolute")).unwrap();
        symlink("relative.csv", place.data("twice.csv")).unwrap();
        symlink("below/../../secret.csv", place.data("around.csv")).unwrap();

        for source in [
            "relative.csv",
            "absolute.csv",
            "up/secret.csv",
            "absolute/secret.csv",
            "twice.csv",
            "around.csv",
        ] {
            assert_eq!(place.refused(source), Code::Forbidden, "{source}");
        }
    }

    #[test]
    fn to_nothing_and_to_itself_ends() {
        let place = Place::new();
        symlink("absent", place.data("absent.csv")).unwrap();
        symlink("loop.csv", place.data("loop.csv")).unwrap();

        assert_eq!(place.refused("absent.csv"), Code::NotFound);
        assert!(place.read("loop.csv").is_err());
    }
}

#[cfg(unix)]
mod what_is_no_file {
    use std::{os::unix::net::UnixListener, process::Command, sync::mpsc, thread, time::Duration};

    use super::*;

    #[test]
    fn does_not_hang() {
        let place = Place::new();
        let made = Command::new("mkfifo").arg(place.data("pipe.csv")).status().unwrap();
        assert!(made.success());
        let _socket = UnixListener::bind(place.data("socket.csv")).unwrap();

        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            for source in ["pipe.csv", "socket.csv"] {
                tell.send(place.refused(source)).unwrap();
            }
        });

        for _ in 0..2 {
            assert_eq!(told.recv_timeout(Duration::from_secs(10)), Ok(Code::ValidationError));
        }
    }
}
