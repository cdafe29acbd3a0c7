//! Databases by URL, and what is wrong with those that cannot be opened.

#![allow(clippy::unwrap_used, reason = "tests")]

use dynamorm::{Db, ErrorKind, prelude::*};

#[derive(Debug, PartialEq, Model)]
#[dynamorm(table = "notes", key(partition = id))]
struct Note {
    id: String,
}

fn note() -> Note {
    Note { id: "n".into() }
}

mod connect {
    use super::*;

    #[tokio::test]
    async fn opens_a_database_in_memory() {
        let (first, second) = (Db::connect("memory:").unwrap(), Db::connect("memory:").unwrap());

        first.ensure_table::<Note>().await.unwrap();

        assert_eq!(first.list_tables().await.unwrap(), ["notes"]);
        assert_eq!(second.list_tables().await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn opens_a_file_that_keeps_its_items() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("embedded:{}", folder.path().join("notes.db").display());
        let db = Db::connect(&url).unwrap();
        db.ensure_table::<Note>().await.unwrap();
        db.create(&note()).await.unwrap();
        drop(db);

        let reopened = Db::connect(&url).unwrap();

        assert_eq!(reopened.get(Note::key("n")).await.unwrap(), Some(note()));
    }

    #[test]
    fn refuses_what_names_no_database() {
        for url in ["", "memory", "embedded:", "embedded", "notes.db", "http://localhost", "memory:x"] {
            assert_eq!(Db::connect(url).unwrap_err().kind(), ErrorKind::Validation, "{url}");
        }
    }

    #[test]
    fn says_that_an_engine_is_not_built_in() {
        let error = Db::connect("dynamodb://eu-west-1").unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

mod embedded {
    use super::*;

    #[test]
    fn refuses_a_file_that_is_open_already() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        let _holder = Db::embedded(&path).unwrap();

        assert_eq!(Db::embedded(&path).unwrap_err().kind(), ErrorKind::Locked);
    }

    #[test]
    fn refuses_a_file_of_another_program_and_leaves_it_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notes.db");
        std::fs::write(&path, "dear diary").unwrap();

        assert_eq!(Db::embedded(&path).unwrap_err().kind(), ErrorKind::Corrupt);
        assert_eq!(std::fs::read(&path).unwrap(), b"dear diary");
    }

    #[test]
    fn refuses_a_folder_that_is_not_there() {
        let folder = tempfile::tempdir().unwrap();

        let error = Db::embedded(folder.path().join("none").join("notes.db")).unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Validation);
        assert!(std::error::Error::source(&error).is_some());
    }
}
