//! The engine as a transport, in this process.

mod memory {
    use dynamorm_embedded::Embedded;

    use crate::support;

    #[tokio::test]
    async fn keeps_what_is_put() {
        let engine = Embedded::memory().unwrap();
        support::create_table(&engine).await;

        support::put(&engine, "a").await.unwrap();

        assert!(support::has(&engine, "a").await);
        assert!(!support::has(&engine, "b").await);
    }
}

mod file {
    use dynamorm_embedded::Embedded;

    use crate::support;

    #[tokio::test]
    async fn keeps_what_is_put_when_it_is_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        {
            let engine = Embedded::open(&path).unwrap();
            support::create_table(&engine).await;
            support::put(&engine, "a").await.unwrap();
        }

        let engine = Embedded::open(&path).unwrap();

        assert!(support::has(&engine, "a").await);
    }
}
