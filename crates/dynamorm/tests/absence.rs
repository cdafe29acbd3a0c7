//! What is not stored: values that writes leave out, and what stands for them in updates, conditions and index keys.

#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use dynamorm::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, Model)]
#[dynamorm(
    table = "parcels",
    key(partition = "PARCEL#{parcel_id}"),
    index(name = "customer-index", partition = customer),
    index(name = "place-index", partition("P#{site}#{shelf}#{kind}", attribute = "place_pk")),
)]
struct Parcel {
    parcel_id: String,
    #[dynamorm(skip_if_empty)]
    customer: String,
    site: String,
    #[dynamorm(skip_if_empty)]
    shelf: String,
    #[dynamorm(default = standard_kind)]
    kind: String,
    #[dynamorm(skip_if_empty)]
    note: String,
    #[dynamorm(skip_if_empty)]
    lines: Vec<String>,
    elements: Vec<Option<String>>,
    tags: BTreeSet<String>,
    #[dynamorm(default)]
    label: Label,
}

#[derive(Clone, Debug, Default, PartialEq, Attribute)]
struct Label {
    #[dynamorm(skip_if_empty)]
    text: String,
}

fn standard_kind() -> String {
    "box".to_owned()
}

fn parcel() -> Parcel {
    Parcel {
        parcel_id: "p".to_owned(),
        customer: "ann".to_owned(),
        site: "s".to_owned(),
        kind: standard_kind(),
        ..Parcel::default()
    }
}

async fn stored(parcel: &Parcel) -> Db {
    let db = Db::memory().unwrap();
    db.ensure_table::<Parcel>().await.unwrap();
    db.put(parcel).await.unwrap();
    db
}

/// Whether the stored item passes the condition.
macro_rules! holds {
    ($db:expr, $condition:expr) => {
        $db.query(Parcel::partition("p")).filter($condition).count().await.unwrap() == 1
    };
}

mod skip_if_empty {
    use super::*;

    #[tokio::test]
    async fn means_absent_to_a_comparison() {
        let db = stored(&parcel()).await;
        let f = Parcel::fields();

        assert!(holds!(db, f.note.eq("")));
        assert!(holds!(db, f.lines.eq(Vec::new())));
        assert!(!holds!(db, f.note.ne("")));
        assert!(holds!(db, f.customer.ne("")));
    }

    #[tokio::test]
    async fn removes_what_is_set_to_an_empty_value() {
        let db = stored(&Parcel { note: "soon".to_owned(), ..parcel() }).await;
        let f = Parcel::fields();

        let new = db.update(Parcel::key("p")).set(f.note, "").returning_new().await.unwrap();

        assert_eq!(new, parcel());
        assert!(holds!(db, f.note.not_exists()));
    }

    #[tokio::test]
    async fn holds_inside_an_attribute() {
        let db = stored(&Parcel { label: Label { text: "a".to_owned() }, ..parcel() }).await;
        let text = Parcel::fields().label.field(Label::fields().text);

        db.update(Parcel::key("p")).set(text, "").await.unwrap();

        assert!(holds!(db, text.not_exists()) && holds!(db, text.eq("")));
    }

    #[tokio::test]
    async fn lets_an_index_key_be_removed() {
        let db = stored(&parcel()).await;

        db.update(Parcel::key("p")).set(Parcel::fields().customer, "").await.unwrap();

        assert_eq!(db.query(Parcel::by_customer("ann")).count().await.unwrap(), 0);
    }

    #[tokio::test]
    async fn leaves_a_part_out_and_joins_it_as_put_does() {
        let db = stored(&Parcel { shelf: "a".to_owned(), ..parcel() }).await;
        let group =
            ParcelSiteAndShelfAndKind { site: "s".to_owned(), shelf: String::new(), kind: standard_kind() };

        db.update(Parcel::key("p")).set_group(group).await.unwrap();

        let found = db.query(Parcel::by_place("s", "", "box")).take(9).await.unwrap();
        assert_eq!(found.items, [parcel()]);
        assert!(holds!(db, Parcel::fields().shelf.not_exists()));
    }

    #[tokio::test]
    async fn is_refused_among_several_values() {
        let db = stored(&parcel()).await;
        let f = Parcel::fields();

        let error = db.query(Parcel::partition("p")).filter(f.note.one_of(["", "a"])).count().await;

        let error = error.unwrap_err().to_string();
        assert!(error.contains("attribute `note`: `one_of` needs values, not an absent one"), "{error}");
    }
}

mod rekey {
    use super::*;

    #[tokio::test]
    async fn takes_parts_that_are_left_out() {
        let db = stored(&parcel()).await;
        let f = Parcel::fields();

        let update = db.update(Parcel::key("p")).rekey(&parcel()).set(f.site, "t");
        let new = update.returning_new().await.unwrap();

        assert_eq!(db.query(Parcel::by_place("t", "", "box")).take(9).await.unwrap().items, [new]);
    }

    #[tokio::test]
    async fn takes_parts_that_are_read_as_their_default() {
        let db = stored(&parcel()).await;
        let f = Parcel::fields();
        let older = removed_kind(&db).await;

        let update = db.update(Parcel::key("p")).rekey(&older).set(f.site, "t");
        let new = update.returning_new().await.unwrap();

        assert_eq!(new.kind, standard_kind());
        assert_eq!(db.query(Parcel::by_place("t", "", "box")).take(9).await.unwrap().items, [new]);
    }

    /// The item as an older program wrote it, which knew no kinds.
    async fn removed_kind(db: &Db) -> Parcel {
        #[derive(Clone, Debug, Model)]
        #[dynamorm(table = "parcels", key(partition = "PARCEL#{parcel_id}"))]
        struct Older {
            parcel_id: String,
            customer: String,
            site: String,
            elements: Vec<Option<String>>,
        }

        let older = Older {
            parcel_id: "p".to_owned(),
            customer: "ann".to_owned(),
            site: "s".to_owned(),
            elements: Vec::new(),
        };
        db.put(&older).await.unwrap();
        db.get(Parcel::key("p")).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn refuses_a_part_that_was_given_a_value_meanwhile() {
        let db = stored(&Parcel { shelf: "b".to_owned(), ..parcel() }).await;

        let update = db.update(Parcel::key("p")).rekey(&parcel()).set(Parcel::fields().site, "t");

        assert_eq!(update.await.unwrap_err().kind(), ErrorKind::ConditionFailed);
    }
}

mod element {
    use super::*;

    #[tokio::test]
    async fn set_to_nothing_keeps_its_place() {
        let elements = vec![Some("a".to_owned()), Some("b".to_owned())];
        let db = stored(&Parcel { elements, ..parcel() }).await;

        let update = db.update(Parcel::key("p")).set(Parcel::fields().elements.at(0), None);

        assert_eq!(update.returning_new().await.unwrap().elements, [None, Some("b".to_owned())]);
    }
}
