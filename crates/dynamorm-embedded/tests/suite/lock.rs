//! One process holds a database at a time.

use std::fs;

use dynamorm_embedded::{Embedded, EndpointOptions, ErrorKind, Holder};

use crate::child::Role;

fn holder(kind: &ErrorKind) -> &Holder {
    match kind {
        ErrorKind::Locked { holder: Some(holder) } => holder,
        other => panic!("{other:?}"),
    }
}

#[test]
fn refuses_a_second_process_and_names_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut first = Role::start("hold", &path);
    first.hear().unwrap();

    let error = Embedded::open(&path).unwrap_err();

    assert_eq!(holder(error.kind()).pid, first.pid());
    assert!(error.is_retryable());
    assert!(error.to_string().contains(&format!("process {}", first.pid())), "{error}");
}

#[test]
fn names_the_holders_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut first = Role::start("serve", &path);
    let address = first.hear().unwrap();

    let error = Embedded::open(&path).unwrap_err();

    assert_eq!(holder(error.kind()).endpoint, Some(address.parse().unwrap()));
    assert!(error.to_string().contains(&address), "{error}");
}

#[test]
fn is_free_when_the_holder_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let mut first = Role::start("hold", &path);
    first.hear().unwrap();
    first.kill();

    assert!(Embedded::open(&path).is_ok());
}

#[test]
fn names_nobody_after_the_last_drop() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let during = Holder::read(&path).unwrap().unwrap();

    drop(engine);

    assert_eq!(during.pid, std::process::id());
    assert_eq!(Holder::read(&path).unwrap(), None);
}

#[tokio::test]
async fn names_an_endpoint_only_while_it_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let address = endpoint.address();

    let during = Holder::read(&path).unwrap().unwrap();
    endpoint.shut_down().await;
    let after = Holder::read(&path).unwrap().unwrap();

    assert_eq!((during.endpoint, after.endpoint), (Some(address), None));
    assert_eq!(after.pid, std::process::id());
}

#[tokio::test]
async fn shows_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let engine = Embedded::open(&path).unwrap();
    let endpoint = engine.serve_endpoint(EndpointOptions::default()).await.unwrap();
    let secret = endpoint.secret().unwrap().to_owned();
    let error = Embedded::open(&path).unwrap_err();

    let shown = format!("{endpoint:?} {engine:?} {error:?} {error} {:?}", Holder::read(&path));

    assert_eq!(secret.len(), 64);
    assert!(fs::read_to_string(folder.path().join("test.db.lock")).unwrap().contains(&secret));
    assert!(!shown.contains(&secret), "{shown}");
}

#[test]
fn leaves_a_foreign_file_in_its_place_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Cargo");
    let lock = folder.path().join("Cargo.lock");
    fs::write(&lock, "version = 4\n").unwrap();

    let error = Embedded::open(&path).unwrap_err();

    assert_eq!(error.kind(), &ErrorKind::InvalidPath, "{error}");
    assert_eq!(fs::read(&lock).unwrap(), b"version = 4\n");
}

#[test]
fn tolerates_what_a_crash_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    fs::write(folder.path().join("test.db.lock"), r#"{"pid":12"#).unwrap();

    let read = Holder::read(&path).unwrap();

    assert_eq!(read, None);
    assert!(Embedded::open(&path).is_ok());
}

#[cfg(unix)]
#[test]
fn is_readable_by_its_owner_alone_even_where_it_was_open_to_all() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("test.db.lock");
    fs::write(&lock, "").unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o666)).unwrap();

    let _engine = Embedded::open(folder.path().join("test.db")).unwrap();

    assert_eq!(lock.metadata().unwrap().permissions().mode() & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn leaves_a_foreign_file_in_its_place_as_it_was() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("test.db.lock");
    fs::write(&lock, "precious").unwrap();
    fs::set_permissions(&lock, fs::Permissions::from_mode(0o644)).unwrap();

    let error = Embedded::open(folder.path().join("test.db")).unwrap_err();

    assert_eq!(*error.kind(), dynamorm_embedded::ErrorKind::InvalidPath);
    assert_eq!(fs::read(&lock).unwrap(), b"precious");
    assert_eq!(lock.metadata().unwrap().permissions().mode() & 0o777, 0o644);
}
