//! Keys that templates join: never two items on one key, always in the order of their values.

use dynamorm::{Error, prelude::*};

use crate::{
    model::Pair,
    registry::{Outcome, cases},
};

cases![
    items_with_different_parts_never_share_a_key,
    any_text_comes_back_by_its_key,
    sort_keys_are_in_the_order_of_their_parts,
    a_sort_key_condition_meets_its_part_alone,
];

/// Texts that hold what keys are joined with, what escapes are made of, nothing, and more than ASCII.
const TEXTS: [&str; 13] =
    ["", "#", "##", "$", "$23", "\0", " ", "a", "a#", "a#a", "aé", "漢😀", "\u{10ffff}"];

async fn stored(db: &Db) -> Result<Vec<Pair>, Error> {
    db.ensure_table::<Pair>().await?;
    let mut pairs = Vec::new();
    for c in TEXTS {
        for d in TEXTS {
            pairs.push(Pair::new("#", "$", c, d));
        }
    }
    for pair in &pairs {
        db.create(pair).await?;
    }
    pairs.sort();
    Ok(pairs)
}

async fn items_with_different_parts_never_share_a_key(db: Db) -> Outcome {
    db.ensure_table::<Pair>().await?;

    for a in TEXTS {
        for b in TEXTS {
            // Refused if an earlier pair had the same key.
            db.create(&Pair::new(a, b, "", "")).await?;
        }
    }

    Ok(())
}

async fn any_text_comes_back_by_its_key(db: Db) -> Outcome {
    for pair in stored(&db).await? {
        let key = Pair::key("#", "$", pair.c.as_str(), pair.d.as_str());
        assert_eq!(db.get(key).await?, Some(pair));
    }
    Ok(())
}

async fn sort_keys_are_in_the_order_of_their_parts(db: Db) -> Outcome {
    let pairs = stored(&db).await?;

    let read = db.query(Pair::partition("#", "$")).take(999).await?;

    assert_eq!(read.items, pairs);
    Ok(())
}

async fn a_sort_key_condition_meets_its_part_alone(db: Db) -> Outcome {
    let pairs = stored(&db).await?;

    for c in TEXTS {
        let read = db.query(Pair::partition("#", "$").c().eq(c)).take(999).await?;
        let expected: Vec<_> = pairs.iter().filter(|pair| pair.c == c).cloned().collect();
        assert_eq!(read.items, expected, "{c:?}");
    }
    Ok(())
}
