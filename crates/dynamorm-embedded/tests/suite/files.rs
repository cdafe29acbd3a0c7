//! Which files are opened, and what becomes of those that are not.

use std::{
    fs::{self, File, OpenOptions},
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use dynamorm_core::transport::{Operation, TransportErrorKind};
use dynamorm_embedded::{Embedded, Error, ErrorKind};
use serde_json::json;
use tempfile::TempDir;

use crate::support;

fn refused(path: impl AsRef<Path>) -> Error {
    Embedded::open(path).expect_err("refused")
}

/// A closed database with 6 MB of items.
async fn database() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    support::create_table(&engine).await;
    for item in 0..60 {
        let mut body = json!({ "TableName": "items", "Item": support::key(&item.to_string()) });
        body["Item"]["a"] = json!({ "S": "x".repeat(100_000) });
        support::send(&engine, Operation::PutItem, body).await.unwrap();
    }
    drop(engine);
    (folder, path)
}

/// Overwrites the file from its 64th kilobyte on.
fn damage(path: &Path) {
    let bytes = path.metadata().unwrap().len() - (64 << 10);
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(64 << 10)).unwrap();
    file.write_all(&vec![0xa5; usize::try_from(bytes).unwrap()]).unwrap();
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_foreign_file_is_refused_and_left_as_it_is() {
    let contents: [&[u8]; 4] = [
        b"notes\n",
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        &[0; 8192],
        b"SQLite format 3 is a fine format, is it not?",
    ];
    for content in contents {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, content).unwrap();

        let error = refused(&path);

        assert_eq!(error.kind(), &ErrorKind::NotADatabase, "{error}");
        assert_eq!(fs::read(&path).unwrap(), content);
        assert_eq!(names(&folder), ["file"]);
    }
}

#[test]
fn another_programs_sqlite_file_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch("CREATE TABLE notes (text); INSERT INTO notes VALUES ('a')").unwrap();
    drop(connection);
    let content = fs::read(&path).unwrap();

    let error = refused(&path);

    assert_eq!(error.kind(), &ErrorKind::NotADatabase, "{error}");
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(names(&folder), ["file"]);
}

#[test]
fn a_database_of_a_newer_version_is_refused_and_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    drop(Embedded::open(&path).unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    let changed =
        connection.execute("UPDATE _config SET value = '9999' WHERE key = 'schema_version'", []).unwrap();
    drop(connection);
    let content = fs::read(&path).unwrap();

    let error = refused(&path);

    assert_eq!(changed, 1);
    assert_eq!(error.kind(), &ErrorKind::Newer, "{error}");
    assert_eq!(fs::read(&path).unwrap(), content);
}

#[tokio::test]
async fn a_damaged_file_is_refused_as_such() {
    let (_folder, path) = database().await;
    damage(&path);

    let error = refused(&path);

    assert_eq!(error.kind(), &ErrorKind::Corrupt, "{error}");
}

#[tokio::test]
async fn a_truncated_file_is_refused_as_damaged() {
    let (_folder, path) = database().await;
    File::options().write(true).open(&path).unwrap().set_len(200 << 10).unwrap();

    let error = refused(&path);

    assert_eq!(error.kind(), &ErrorKind::Corrupt, "{error}");
}

#[tokio::test]
async fn damage_met_later_is_an_error_of_the_call() {
    let (_folder, path) = database().await;
    let engine = Embedded::open(&path).unwrap();
    damage(&path);

    let error = support::send(&engine, Operation::Scan, json!({ "TableName": "items" })).await.unwrap_err();

    assert_eq!(error.kind, TransportErrorKind::Unavailable);
    assert!(error.message.contains("the database file is damaged"), "{error}");
}

#[test]
fn an_empty_file_becomes_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    File::create(&path).unwrap();

    drop(Embedded::open(&path).unwrap());

    assert!(Embedded::open(&path).is_ok());
}

#[test]
fn a_log_without_its_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let log = folder.path().join("test.db-wal");
    fs::write(&log, "log").unwrap();

    let error = refused(&path);

    assert_eq!(error.kind(), &ErrorKind::Corrupt, "{error}");
    assert_eq!(fs::read(&log).unwrap(), b"log");
}

#[test]
fn remains_of_a_creation_that_was_cut_off_are_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    for name in ["test.db.new", "test.db.new-wal", "test.db.new-shm"] {
        fs::write(folder.path().join(name), "remains").unwrap();
    }

    let engine = Embedded::open(&path).unwrap();

    drop(engine);
    assert_eq!(names(&folder), ["test.db", "test.db.lock"]);
}

#[test]
fn a_folder_and_a_name_in_no_folder_are_refused() {
    let folder = tempfile::tempdir().unwrap();

    let a_folder = refused(folder.path());
    let in_none = refused(folder.path().join("absent/test.db"));

    assert_eq!(a_folder.kind(), &ErrorKind::InvalidPath, "{a_folder}");
    assert_eq!(in_none.kind(), &ErrorKind::InvalidPath, "{in_none}");
    assert!(in_none.to_string().contains("does not exist"), "{in_none}");
}

#[cfg(unix)]
mod unix {
    use std::{
        ffi::OsStr,
        os::unix::{
            ffi::OsStrExt as _,
            fs::{PermissionsExt as _, symlink},
        },
    };

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_read_only_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        drop(Embedded::open(&path).unwrap());
        set_mode(&path, 0o400);

        let error = refused(&path);

        assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{error}");
    }

    #[test]
    fn a_read_only_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        set_mode(folder.path(), 0o500);

        let error = refused(folder.path().join("test.db"));

        set_mode(folder.path(), 0o700);
        assert_eq!(error.kind(), &ErrorKind::ReadOnly, "{error}");
    }

    #[test]
    fn all_names_of_a_file_share_its_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        fs::create_dir(folder.path().join("sub")).unwrap();
        symlink(&path, folder.path().join("sub/link.db")).unwrap();
        symlink(folder.path(), folder.path().join("sub/up")).unwrap();
        let _engine = Embedded::open(&path).unwrap();

        for name in ["test.db", "sub/../test.db", "sub/link.db", "sub/up/test.db"] {
            let error = refused(folder.path().join(name));

            assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{name}: {error}");
        }
    }

    #[test]
    fn a_second_hard_link_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        drop(Embedded::open(&path).unwrap());
        fs::hard_link(&path, folder.path().join("second.db")).unwrap();

        let error = refused(&path);

        assert_eq!(error.kind(), &ErrorKind::InvalidPath, "{error}");
    }

    #[test]
    fn a_path_that_is_not_utf8_is_refused() {
        let folder = tempfile::tempdir().unwrap();

        let error = refused(folder.path().join(OsStr::from_bytes(b"\xff.db")));

        assert_eq!(error.kind(), &ErrorKind::InvalidPath, "{error}");
    }

    #[test]
    fn a_link_to_nothing_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link.db");
        symlink(folder.path().join("absent.db"), &link).unwrap();

        let error = refused(&link);

        assert_eq!(error.kind(), &ErrorKind::InvalidPath, "{error}");
        assert_eq!(names(&folder), ["link.db"]);
    }
}

#[cfg(unix)]
#[test]
fn is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");

    let _engine = Embedded::open(&path).unwrap();

    for file in [path.clone(), folder.path().join("test.db-wal")] {
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
}
