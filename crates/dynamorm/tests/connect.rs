//! Databases by URL, and what is wrong with those that cannot be opened.

#![allow(clippy::unwrap_used, reason = "tests")]

#[cfg(feature = "aws")]
use dynamorm::aws;
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
    #[cfg(not(feature = "aws"))]
    #[test]
    fn says_that_an_engine_is_not_built_in() {
        let error = Db::connect("dynamodb://eu-west-1").unwrap_err();

        assert_eq!(error.kind(), ErrorKind::Unsupported);
    }
}

#[cfg(feature = "aws")]
mod dynamodb {
    use super::*;

    #[test]
    fn takes_the_prefix_of_its_tables_from_the_url() {
        let db = Db::connect("dynamodb://eu-west-1?prefix=test-").unwrap();

        assert_eq!(&*db.table_name::<Note>(), "test-notes");
    }

    #[test]
    fn refuses_a_url_that_it_cannot_follow() {
        for url in ["dynamodb://eu_west_1", "dynamodb://eu-west-1/notes", "dynamodb://eu-west-1?table=notes"]
        {
            assert_eq!(Db::connect(url).unwrap_err().kind(), ErrorKind::Validation, "{url}");
        }
    }

    #[test]
    fn refuses_a_configuration_that_leads_nowhere() {
        let nothing = aws::SdkConfig::builder().build();

        assert_eq!(Db::aws(&nothing).unwrap_err().kind(), ErrorKind::Validation);
    }

    #[test]
    fn refuses_a_configuration_without_credentials() {
        let config = aws::SdkConfig::builder().region(aws::Region::new("eu-west-1")).build();

        assert_eq!(Db::aws(&config).unwrap_err().kind(), ErrorKind::Denied);
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
