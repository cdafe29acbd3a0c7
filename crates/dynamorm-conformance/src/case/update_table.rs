//! `migrate_table`: it makes a table what its model needs, and drops nothing that was not named.

use dynamorm::{
    StreamView,
    prelude::*,
    table::{Drift, MigrationStep},
};

use crate::{
    model::paper::{
        Bare, Dated, DatedByText, Ending, Expiring, Indexed, Rekeyed, Slim, Sorted, Streamed, StreamedWhole,
    },
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    adds_the_indexes_that_are_missing,
    fills_a_new_index_with_the_items_that_are_there,
    of_a_table_that_fits_does_nothing,
    makes_a_table_that_is_missing,
    an_index_of_another_model_stays_and_is_named,
    drops_an_index_that_is_named_and_no_other,
    dropping_an_index_that_is_gone_is_no_error,
    an_index_of_the_model_is_not_dropped,
    an_index_of_another_model_is_not_replaced,
    an_index_of_another_key_is_a_conflict_and_nothing_is_changed,
    replaces_the_indexes_that_are_named,
    replacing_an_index_that_fits_does_nothing,
    an_index_that_carries_more_stays,
    a_key_attribute_of_another_type_is_a_conflict_while_it_is_in_use,
    an_index_that_goes_frees_the_type_of_its_key,
    another_primary_key_is_a_conflict,
    sets_the_ttl_attribute,
    another_ttl_attribute_is_a_conflict,
    begins_the_stream needs Streams,
    a_stream_that_holds_too_little_is_a_conflict needs Streams,
    replaces_the_stream_when_told needs Streams,
    several_at_once_all_succeed,
    is_planned_without_a_change,
];

fn added<const N: usize>(indexes: [&'static str; N]) -> [MigrationStep; N] {
    indexes.map(|index| MigrationStep::AddIndex { index })
}

fn dropped(index: &str) -> MigrationStep {
    MigrationStep::DropIndex { index: index.into() }
}

async fn adds_the_indexes_that_are_missing(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let migration = db.migrate_table::<Indexed>().await?;

    assert_eq!(migration.steps(), added(["owner-index", "kind-index"]));
    assert_eq!(migration.left(), []);
    assert!(db.verify_table::<Indexed>().await?.is_empty());
    db.ensure_table::<Indexed>().await?;
    Ok(())
}

async fn fills_a_new_index_with_the_items_that_are_there(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;
    for at in 0..30 {
        db.create(&Bare::new(&format!("p-{at}"), at)).await?;
    }

    db.migrate_table::<Indexed>().await?;

    let newest = db.query(Indexed::by_owner("ann").at().ge(20_u64)).descending().take(100).await?;
    assert_eq!(newest.iter().map(|paper| paper.at).collect::<Vec<_>>(), (20..30).rev().collect::<Vec<_>>());
    db.create(&Bare::new("p-30", 30)).await?;
    assert_eq!(db.query(Indexed::by_kind("note")).count().await?, 31);
    Ok(())
}

async fn of_a_table_that_fits_does_nothing(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let migration = db.migrate_table::<Indexed>().await?;

    assert_eq!((migration.steps(), migration.left()), (&[][..], &[][..]));
    Ok(())
}

async fn makes_a_table_that_is_missing(db: Db) -> Outcome {
    let migration = db.migrate_table::<Expiring>().await?;

    let expected = [MigrationStep::CreateTable, MigrationStep::SetTimeToLive { attribute: "expires" }];
    assert_eq!(migration.steps(), expected);
    assert!(db.verify_table::<Expiring>().await?.is_empty());
    Ok(())
}

async fn an_index_of_another_model_stays_and_is_named(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let migration = db.migrate_table::<Dated>().await?;

    assert_eq!(migration.steps(), added(["at-index"]));
    assert_eq!(migration.left().len(), 2);
    assert!(migration.left().contains(&Drift::ExtraIndex { index: "owner-index".into() }));
    assert!(db.verify_table::<Indexed>().await?.fits());
    Ok(())
}

async fn drops_an_index_that_is_named_and_no_other(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;
    db.create(&Bare::new("p-1", 1)).await?;

    let migration = db.migrate_table::<Bare>().drop_index("kind-index").await?;

    assert_eq!(migration.steps(), [dropped("kind-index")]);
    assert_eq!(migration.left(), [Drift::ExtraIndex { index: "owner-index".into() }]);
    assert_eq!(db.query(Indexed::by_owner("ann")).count().await?, 1);
    assert!(db.query(Indexed::by_kind("note")).count().await.is_err());
    assert!(db.get(Bare::key("p-1")).await?.is_some());
    Ok(())
}

async fn dropping_an_index_that_is_gone_is_no_error(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let migration = db.migrate_table::<Bare>().drop_index("kind-index").await?;

    assert_eq!(migration.steps(), []);
    Ok(())
}

async fn an_index_of_the_model_is_not_dropped(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let error = refusal(db.migrate_table::<Indexed>().drop_index("kind-index").await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    assert!(db.verify_table::<Indexed>().await?.is_empty());
    Ok(())
}

async fn an_index_of_another_model_is_not_replaced(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let error = refusal(db.migrate_table::<Bare>().replace_index("kind-index").await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    Ok(())
}

async fn an_index_of_another_key_is_a_conflict_and_nothing_is_changed(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let error = refusal(db.migrate_table::<Rekeyed>().replace_index("kind-index").await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert!(error.to_string().contains("replace_index(\"owner-index\")"), "{error}");
    assert!(db.verify_table::<Indexed>().await?.is_empty());
    Ok(())
}

async fn replaces_the_indexes_that_are_named(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;
    db.create(&Bare::new("p-1", 1)).await?;

    let migration =
        db.migrate_table::<Rekeyed>().replace_index("owner-index").replace_index("kind-index").await?;

    let mut expected = vec![dropped("owner-index"), dropped("kind-index")];
    expected.extend(added(["owner-index", "kind-index"]));
    assert_eq!(migration.steps(), expected);
    assert!(db.verify_table::<Rekeyed>().await?.is_empty());
    assert_eq!(db.query(Rekeyed::by_owner("ann").kind().eq("note")).count().await?, 1);
    Ok(())
}

async fn replacing_an_index_that_fits_does_nothing(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let migration = db.migrate_table::<Indexed>().replace_index("owner-index").await?;

    assert_eq!(migration.steps(), []);
    Ok(())
}

async fn an_index_that_carries_more_stays(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let untold = db.migrate_table::<Slim>().await?;
    let told = db.migrate_table::<Slim>().replace_index("owner-index").await?;

    assert_eq!(untold.steps(), []);
    assert!(untold.left().contains(&Drift::WideIndex { index: "owner-index" }));
    assert_eq!(told.steps(), [dropped("owner-index"), MigrationStep::AddIndex { index: "owner-index" }]);
    Ok(())
}

async fn a_key_attribute_of_another_type_is_a_conflict_while_it_is_in_use(db: Db) -> Outcome {
    db.ensure_table::<Dated>().await?;

    let error = refusal(db.migrate_table::<DatedByText>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert!(error.to_string().contains("`at`"), "{error}");
    assert!(db.verify_table::<Dated>().await?.is_empty());
    Ok(())
}

async fn an_index_that_goes_frees_the_type_of_its_key(db: Db) -> Outcome {
    db.ensure_table::<Dated>().await?;

    let migration = db.migrate_table::<DatedByText>().drop_index("at-index").await?;

    assert_eq!(migration.steps(), [dropped("at-index"), MigrationStep::AddIndex { index: "owner-index" }]);
    let paper = DatedByText { id: "p-1".into(), owner: "ann".into(), at: "2026".into() };
    db.create(&paper).await?;
    assert_eq!(db.query(DatedByText::by_owner("ann").at().begins_with("20")).take(2).await?.items, [paper]);
    Ok(())
}

async fn another_primary_key_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let error = refusal(db.migrate_table::<Sorted>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert!(error.to_string().contains("a primary key cannot be changed"), "{error}");
    Ok(())
}

async fn sets_the_ttl_attribute(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let migration = db.migrate_table::<Expiring>().await?;

    assert_eq!(migration.steps(), [MigrationStep::SetTimeToLive { attribute: "expires" }]);
    assert!(db.verify_table::<Expiring>().await?.is_empty());
    Ok(())
}

async fn another_ttl_attribute_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Expiring>().await?;

    assert_eq!(refused_as(db.migrate_table::<Ending>().await), ErrorKind::TableConflict);
    assert!(db.verify_table::<Expiring>().await?.is_empty());
    Ok(())
}

async fn begins_the_stream(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let migration = db.migrate_table::<Streamed>().await?;

    assert_eq!(migration.steps(), [MigrationStep::EnableStream { view: StreamView::NewImage }]);
    assert!(db.verify_table::<Streamed>().await?.is_empty());
    Ok(())
}

async fn a_stream_that_holds_too_little_is_a_conflict(db: Db) -> Outcome {
    db.ensure_table::<Streamed>().await?;

    let error = refusal(db.migrate_table::<StreamedWhole>().await);

    assert_eq!(error.kind(), ErrorKind::TableConflict);
    assert!(error.to_string().contains("replace_stream()"), "{error}");
    assert!(db.verify_table::<Streamed>().await?.is_empty());
    Ok(())
}

async fn replaces_the_stream_when_told(db: Db) -> Outcome {
    db.ensure_table::<Streamed>().await?;

    let migration = db.migrate_table::<StreamedWhole>().replace_stream().await?;

    let view = StreamView::NewAndOldImages;
    assert_eq!(migration.steps(), [MigrationStep::DisableStream, MigrationStep::EnableStream { view }]);
    assert!(db.verify_table::<StreamedWhole>().await?.is_empty());
    Ok(())
}

async fn several_at_once_all_succeed(db: Db) -> Outcome {
    db.ensure_table::<Dated>().await?;
    db.create(&Dated { id: "p-1".into(), at: 1 }).await?;

    let migrate = || tokio::spawn(db.migrate_table::<Indexed>().drop_index("at-index").into_future());
    let migrations = [migrate(), migrate(), migrate(), migrate()];

    for migration in migrations {
        let outcome = migration.await;
        assert!(matches!(outcome, Ok(Ok(_))), "{outcome:?}");
    }
    assert!(db.verify_table::<Indexed>().await?.is_empty());
    Ok(())
}

async fn is_planned_without_a_change(db: Db) -> Outcome {
    db.ensure_table::<Dated>().await?;

    let steps = db.migrate_table::<Indexed>().drop_index("at-index").plan().await?;

    let mut expected = vec![dropped("at-index")];
    expected.extend(added(["owner-index", "kind-index"]));
    assert_eq!(steps, expected);
    assert!(db.verify_table::<Dated>().await?.is_empty());
    Ok(())
}
