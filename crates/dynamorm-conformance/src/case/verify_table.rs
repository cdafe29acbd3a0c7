//! `verify_table`: it names everything in which a table differs from its model, and nothing else.

use dynamorm::{
    StreamView,
    prelude::*,
    table::{Drift, Remedy},
};

use crate::{
    model::{
        KeysOnly, Order, OrderLine, Reading, Session,
        paper::{
            Bare, Dated, DatedByText, Ending, Expiring, Indexed, Rekeyed, Slim, Sorted, Streamed,
            StreamedWhole,
        },
    },
    registry::{Outcome, cases},
};

cases![
    finds_nothing_in_a_table_as_it_was_made,
    finds_nothing_in_a_stream_as_it_was_made needs Streams,
    names_a_table_that_is_missing,
    names_another_primary_key,
    names_each_index_that_is_missing,
    an_index_of_another_model_breaks_nothing,
    names_another_key_of_an_index,
    names_another_type_of_an_index_key,
    names_what_an_index_does_not_carry,
    names_an_index_that_does_not_carry_whole_items,
    an_index_that_carries_more_breaks_nothing,
    names_a_missing_ttl_attribute,
    names_another_ttl_attribute,
    a_ttl_attribute_of_another_model_breaks_nothing,
    names_a_missing_stream needs Streams,
    names_a_stream_that_holds_too_little needs Streams,
    a_stream_that_holds_more_breaks_nothing needs Streams,
    a_stream_that_nobody_asked_for_is_no_drift needs Streams,
];

/// The drifts of model `M`'s table.
async fn drifts<M: dynamorm::Model>(db: &Db) -> Result<Vec<Drift>, dynamorm::Error> {
    Ok(db.verify_table::<M>().await?.into_iter().collect())
}

async fn finds_nothing_in_a_table_as_it_was_made(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.ensure_table::<Reading>().await?;
    db.ensure_table::<KeysOnly>().await?;
    db.ensure_table::<Session>().await?;
    db.ensure_table::<Indexed>().await?;

    assert_eq!(drifts::<Order>(&db).await?, []);
    assert_eq!(drifts::<Reading>(&db).await?, []);
    assert_eq!(drifts::<KeysOnly>(&db).await?, []);
    assert_eq!(drifts::<Session>(&db).await?, []);
    assert_eq!(drifts::<Indexed>(&db).await?, []);
    Ok(())
}

async fn finds_nothing_in_a_stream_as_it_was_made(db: Db) -> Outcome {
    db.ensure_table::<Streamed>().await?;

    assert_eq!(drifts::<Streamed>(&db).await?, []);
    Ok(())
}

async fn names_a_table_that_is_missing(db: Db) -> Outcome {
    let report = db.verify_table::<Indexed>().await?;

    assert_eq!(report.table(), &*db.table_name::<Indexed>());
    assert_eq!((report.drifts(), report.fits()), (&[Drift::MissingTable][..], false));
    Ok(())
}

async fn names_another_primary_key(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let report = db.verify_table::<Sorted>().await?;

    let text = report.to_string();
    assert!(matches!(report.drifts(), [drift @ Drift::PrimaryKey { .. }] if drift.is_breaking()), "{text}");
    assert!(text.contains("is `id` (S); the model's is `id` (S), `at` (N)"), "{text}");
    Ok(())
}

async fn names_each_index_that_is_missing(db: Db) -> Outcome {
    db.ensure_table::<OrderLine>().await?;

    let report = db.verify_table::<Order>().await?;

    let missing = ["region-index", "owner-index", "courier-index", "priority-index"];
    assert_eq!(report.drifts(), missing.map(|index| Drift::MissingIndex { index }));
    assert!(!report.fits());
    Ok(())
}

async fn an_index_of_another_model_breaks_nothing(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let report = db.verify_table::<Bare>().await?;

    let mut extra: Vec<_> = report.drifts().iter().map(Drift::remedy).collect();
    extra.sort_by_key(ToString::to_string);
    assert_eq!(extra, ["kind-index", "owner-index"].map(|index| Remedy::DropIndex(index.into())));
    assert!(report.fits());
    Ok(())
}

async fn names_another_key_of_an_index(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let report = db.verify_table::<Rekeyed>().await?;

    let first = report.drifts().first();
    assert!(matches!(first, Some(Drift::IndexKey { index: "owner-index", .. })), "{report}");
    assert!(report.to_string().contains("is `owner` (S), `at` (N); the model's is `owner` (S), `kind` (S)"));
    assert!(!report.fits());
    Ok(())
}

async fn names_another_type_of_an_index_key(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let found = drifts::<DatedByText>(&db).await?;

    assert!(matches!(found.first(), Some(Drift::IndexKey { index: "owner-index", .. })), "{found:?}");
    Ok(())
}

async fn names_what_an_index_does_not_carry(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;

    let found = drifts::<Rekeyed>(&db).await?;

    let narrow = Drift::NarrowIndex { index: "kind-index", lacks: vec!["at"] };
    assert!(narrow.is_breaking() && found.contains(&narrow), "{found:?}");
    Ok(())
}

async fn names_an_index_that_does_not_carry_whole_items(db: Db) -> Outcome {
    db.ensure_table::<Slim>().await?;

    let found = drifts::<Indexed>(&db).await?;

    assert!(found.contains(&Drift::NarrowIndex { index: "owner-index", lacks: vec![] }), "{found:?}");
    Ok(())
}

async fn an_index_that_carries_more_breaks_nothing(db: Db) -> Outcome {
    db.ensure_table::<Indexed>().await?;
    let slim = db.verify_table::<Slim>().await?;
    db.delete_table::<Indexed>(&db.table_name::<Indexed>()).await?;
    db.ensure_table::<Rekeyed>().await?;
    let indexed = drifts::<Indexed>(&db).await?;

    assert!(slim.fits());
    assert!(slim.drifts().contains(&Drift::WideIndex { index: "owner-index" }), "{slim}");
    assert!(indexed.contains(&Drift::WideIndex { index: "kind-index" }), "{indexed:?}");
    Ok(())
}

async fn names_a_missing_ttl_attribute(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let report = db.verify_table::<Expiring>().await?;

    assert_eq!(report.drifts(), [Drift::MissingTimeToLive { attribute: "expires" }]);
    assert!(!report.fits());
    Ok(())
}

async fn names_another_ttl_attribute(db: Db) -> Outcome {
    db.ensure_table::<Expiring>().await?;

    let report = db.verify_table::<Ending>().await?;

    let other = Drift::OtherTimeToLive { stored: "expires".into(), attribute: "ends" };
    assert_eq!((report.drifts(), report.fits()), (&[other][..], false));
    Ok(())
}

async fn a_ttl_attribute_of_another_model_breaks_nothing(db: Db) -> Outcome {
    db.ensure_table::<Expiring>().await?;

    let report = db.verify_table::<Bare>().await?;

    let extra = Drift::ExtraTimeToLive { stored: "expires".into() };
    assert_eq!((report.drifts(), report.fits()), (&[extra][..], true));
    Ok(())
}

async fn names_a_missing_stream(db: Db) -> Outcome {
    db.ensure_table::<Bare>().await?;

    let report = db.verify_table::<Streamed>().await?;

    assert_eq!(report.drifts(), [Drift::MissingStream { view: StreamView::NewImage }]);
    assert!(!report.fits());
    Ok(())
}

async fn names_a_stream_that_holds_too_little(db: Db) -> Outcome {
    db.ensure_table::<Streamed>().await?;

    let report = db.verify_table::<StreamedWhole>().await?;

    let narrow = Drift::NarrowStream { stored: StreamView::NewImage, view: StreamView::NewAndOldImages };
    assert_eq!((report.drifts(), report.fits()), (&[narrow][..], false));
    Ok(())
}

async fn a_stream_that_holds_more_breaks_nothing(db: Db) -> Outcome {
    db.ensure_table::<StreamedWhole>().await?;

    let report = db.verify_table::<Streamed>().await?;

    let wide = Drift::WideStream { stored: StreamView::NewAndOldImages, view: StreamView::NewImage };
    assert_eq!((report.drifts(), report.fits()), (&[wide][..], true));
    Ok(())
}

async fn a_stream_that_nobody_asked_for_is_no_drift(db: Db) -> Outcome {
    db.ensure_table::<StreamedWhole>().await?;

    assert_eq!(drifts::<Bare>(&db).await?, []);
    assert!(drifts::<Dated>(&db).await?.contains(&Drift::MissingIndex { index: "at-index" }));
    Ok(())
}
