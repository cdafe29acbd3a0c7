//! What fields take: values in the forms in which programs have them, and which are refused when a request is built.

#![cfg(feature = "embedded")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use dynamorm::prelude::*;

#[derive(Clone, Debug, Default, PartialEq, Model)]
#[dynamorm(table = "things", key(partition = id))]
struct Thing {
    id: String,
    text: String,
    shared: Option<Arc<str>>,
    lent: Cow<'static, str>,
    bytes: Vec<u8>,
    list: Vec<String>,
    numbers: Vec<u64>,
    set: BTreeSet<String>,
    weight: f64,
    weights: Vec<f64>,
    note: Option<String>,
    #[dynamorm(ttl)]
    ttl: Option<Timestamp>,
}

fn db() -> Db {
    Db::memory().unwrap()
}

async fn updated(update: dynamorm::verb::Update<Thing>, db: &Db) -> Thing {
    db.ensure_table::<Thing>().await.unwrap();
    db.put(&Thing { id: "t".to_owned(), ..Thing::default() }).await.unwrap();
    update.returning_new().await.unwrap()
}

mod text {
    use super::*;

    #[tokio::test]
    async fn of_any_kind_is_taken_by_a_field_of_any_kind() {
        let db = db();
        let f = Thing::fields();
        let cow = Cow::Borrowed("a");

        let update = db
            .update(Thing::key("t"))
            .set(f.text, &cow)
            .set(f.shared, "b")
            .set(f.lent, "c")
            .set(f.note, Box::<str>::from("d"));

        let new = updated(update, &db).await;
        assert_eq!((&*new.text, new.shared.as_deref(), &*new.lent), ("a", Some("b"), "c"));
        assert_eq!(new.note.as_deref(), Some("d"));
    }
}

mod elements {
    use super::*;

    #[tokio::test]
    async fn may_stand_in_arrays_and_slices() {
        let db = db();
        let f = Thing::fields();
        let lent = ["c".to_owned(), "d".to_owned()];

        let update = db
            .update(Thing::key("t"))
            .append(f.list, &lent[1..])
            .append(f.numbers, [1, 2])
            .set(f.bytes, b"xyz")
            .add(f.set, ["a", "b", "a"]);

        let new = updated(update, &db).await;
        assert_eq!((new.list, new.numbers), (vec!["d".to_owned()], vec![1, 2]));
        assert_eq!((new.bytes, new.set), (b"xyz".to_vec(), ["a".to_owned(), "b".to_owned()].into()));
    }

    #[tokio::test]
    async fn of_an_array_of_owned_texts_are_added_once() {
        let db = db();

        let update = db.update(Thing::key("t")).add(Thing::fields().set, ["a".to_owned(), "a".to_owned()]);

        assert_eq!(updated(update, &db).await.set, ["a".to_owned()].into());
    }
}

mod ttl {
    use super::*;

    #[tokio::test]
    async fn takes_an_instant_a_reference_or_none() {
        let db = db();
        let ttl = Thing::fields().ttl;
        let later = db.now().saturating_add(std::time::Duration::from_secs(3600));

        let given = updated(db.update(Thing::key("t")).set(ttl, &Some(later)), &db).await;
        let removed = updated(db.update(Thing::key("t")).set(ttl, &later), &db).await;
        let none = updated(db.update(Thing::key("t")).set(ttl, None), &db).await;

        assert!(given.ttl.is_some() && removed.ttl.is_some());
        assert_eq!(none.ttl, None);
    }
}

mod condition {
    use super::*;

    #[tokio::test]
    async fn may_be_lent() {
        let db = db();
        let condition = Thing::fields().text.eq("");

        let update =
            db.update(Thing::key("t")).only_if(&condition).only_if(condition).set(Thing::fields().text, "a");

        assert_eq!(updated(update, &db).await.text, "a");
    }
}

mod error {
    use super::*;

    fn message(update: dynamorm::verb::Update<Thing>) -> String {
        update.explain().unwrap_err().to_string()
    }

    #[test]
    fn names_the_attribute_of_a_value_that_has_no_form() {
        let (db, f) = (db(), Thing::fields());
        let update = || db.update(Thing::key("t"));

        for error in [
            message(update().set(f.weight, f64::NAN)),
            message(update().only_if(f.weight.lt(f64::NAN))),
            message(update().add(f.weight, f64::INFINITY)),
        ] {
            assert!(error.contains("attribute `weight`: "), "{error}");
        }
    }

    #[test]
    fn names_the_place_inside_an_attribute() {
        let (db, f) = (db(), Thing::fields());

        let in_value = message(db.update(Thing::key("t")).set(f.weights, vec![1.0, f64::NAN]));
        let in_path = message(db.update(Thing::key("t")).set(f.weights.at(3), f64::NAN));

        assert!(in_value.contains("attribute `weights[1]`: "), "{in_value}");
        assert!(in_path.contains("attribute `weights[3]`: "), "{in_path}");
    }

    #[test]
    fn carries_the_path() {
        let update = db().update(Thing::key("t")).set(Thing::fields().weights.at(3), f64::NAN);

        let error = update.explain().unwrap_err();

        assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("weights[3]"));
    }

    #[test]
    fn is_that_of_an_absent_value_where_one_is_needed() {
        let (db, f) = (db(), Thing::fields());
        let update = || db.update(Thing::key("t"));

        for error in [
            message(update().only_if(f.note.one_of([None, Some("a".to_owned())]))),
            message(update().only_if(f.note.begins_with(None))),
            message(update().only_if(f.note.between("a", None))),
        ] {
            assert!(error.contains("attribute `note`: ") && error.contains("not an absent one"), "{error}");
        }
    }
}
