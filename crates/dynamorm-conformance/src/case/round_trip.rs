//! What was written is what is read: every type, at its ends.

use std::time::Duration;

use bytes::Bytes;
use dynamorm::prelude::*;
use serde_json::json;

use crate::{
    model::{Address, Blob, Collections, Contact, Profile, Reading, Renamed, Scalars, Tier, texts},
    refusal::{found, refused_as},
    registry::{Outcome, cases},
};

cases![
    of_scalars_at_their_least,
    of_scalars_at_their_greatest,
    of_numbers_keeps_all_38_digits,
    of_a_number_beyond_38_digits_is_refused,
    of_a_float_that_is_no_number_is_refused,
    of_floats_keeps_every_bit,
    of_texts_keeps_every_character,
    of_instants_keeps_nanoseconds,
    of_json_values,
    of_collections,
    of_empty_collections,
    of_an_entry_without_a_name_is_refused,
    of_nested_structs_and_enums,
    of_renamed_attributes,
    of_number_keys,
    of_binary_keys,
    conditions_and_updates_reach_renamed_attributes,
    a_missing_attribute_takes_its_default,
];

async fn of_scalars_at_their_least(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.i8 = i8::MIN;
    item.i16 = i16::MIN;
    item.i32 = i32::MIN;
    item.i64 = i64::MIN;
    item.f64 = -1e-130;

    db.create(&item).await?;

    assert_eq!(db.get(Scalars::key("s")).await?, Some(item));
    Ok(())
}

async fn of_scalars_at_their_greatest(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let item = Scalars {
        flag: true,
        letter: '\u{10ffff}',
        text: "text".into(),
        u8: u8::MAX,
        u16: u16::MAX,
        u32: u32::MAX,
        u64: u64::MAX,
        u128: 99_999_999_999_999_999_999_999_999_999_999_999_999,
        i8: i8::MAX,
        i16: i16::MAX,
        i32: i32::MAX,
        i64: i64::MAX,
        i128: -99_999_999_999_999_999_999_999_999_999_999_999_999,
        f32: f32::MAX,
        f64: 9.999e125,
        lasts: Duration::new(u64::from(u32::MAX), 999_999_999),
        bytes: Bytes::from_static(&[0, 255, 10, 34]),
        raw: (0..=255).collect(),
        maybe_text: Some(String::new()),
        maybe_number: Some(0),
        added_later: 1,
        ..Scalars::new("s")
    };

    db.create(&item).await?;

    assert_eq!(db.get(Scalars::key("s")).await?, Some(item));
    Ok(())
}

async fn of_numbers_keeps_all_38_digits(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let texts = [
        "12345678901234567890123456789012345678",
        "-0.12345678901234567890123456789012345678",
        "9.9999999999999999999999999999999999999e125",
        "-1e-130",
        "0.1",
        "100",
    ];

    for text in texts {
        let mut item = Scalars::new("s");
        item.decimal = text.parse().unwrap_or_default();
        db.put(&item).await?;
        let read = found(db.get(Scalars::key("s")).await?);
        assert_eq!(read.decimal, item.decimal, "{text}");
        assert_ne!(read.decimal, Decimal::default());
    }
    Ok(())
}

async fn of_a_number_beyond_38_digits_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.u128 = u128::MAX;

    assert_eq!(refused_as(db.put(&item).await), ErrorKind::Encode);
    assert_eq!(db.get(Scalars::key("s")).await?, None);
    Ok(())
}

async fn of_a_float_that_is_no_number_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;

    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, 1e126] {
        let mut item = Scalars::new("s");
        item.f64 = value;
        assert_eq!(refused_as(db.put(&item).await), ErrorKind::Encode, "{value}");
    }
    Ok(())
}

async fn of_floats_keeps_every_bit(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;

    for value in [0.1, 1.0 / 3.0, f64::EPSILON, 123_456_789.123_456_79, 5e-100, -2.5e100] {
        let mut item = Scalars::new("s");
        item.f64 = value;
        item.f32 = value as f32;
        if item.f32 != 0.0 && item.f32.is_finite() {
            db.put(&item).await?;
            let read = found(db.get(Scalars::key("s")).await?);
            assert_eq!((read.f64.to_bits(), read.f32.to_bits()), (value.to_bits(), item.f32.to_bits()));
        } else {
            item.f32 = 0.0;
            db.put(&item).await?;
            assert_eq!(found(db.get(Scalars::key("s")).await?).f64.to_bits(), value.to_bits());
        }
    }
    Ok(())
}

async fn of_texts_keeps_every_character(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("\u{1}\"\\/ é 漢 😀");
    item.text = (0..0xd800_u32).chain(0xe000..0x1_1000).filter_map(char::from_u32).collect();

    db.create(&item).await?;

    assert_eq!(db.get(Scalars::key(item.id.as_str())).await?, Some(item));
    Ok(())
}

async fn of_instants_keeps_nanoseconds(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let texts = ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", "2026-02-28T12:00:00.000000001Z"];

    for text in texts {
        let mut item = Scalars::new("s");
        item.at = text.parse().unwrap_or_default();
        db.put(&item).await?;
        assert_eq!(found(db.get(Scalars::key("s")).await?).at, item.at, "{text}");
        assert_ne!(item.at, Timestamp::default());
    }
    Ok(())
}

async fn of_json_values(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let values = [
        json!(null),
        json!(true),
        json!("text"),
        json!(-7),
        json!(1.5),
        json!([]),
        json!({}),
        json!({ "a": [1, null, "x", { "b": [false] }], "c": "", "a.b": {} }),
    ];

    for value in values {
        let mut item = Scalars::new("s");
        item.json = value;
        db.put(&item).await?;
        assert_eq!(found(db.get(Scalars::key("s")).await?).json, item.json);
    }
    Ok(())
}

async fn of_collections(db: Db) -> Outcome {
    db.ensure_table::<Collections>().await?;
    let item = Collections {
        id: "c".into(),
        list: vec!["a".into(), String::new(), "a".into()],
        numbers: vec![i64::MIN, 0, i64::MAX],
        triple: [1, 2, 255],
        matrix: vec![vec![], vec![1, -1], vec![]],
        map: [(" ".to_owned(), 1), ("a.b[0]#:x".to_owned(), 2)].into(),
        lists: [("k".to_owned(), vec!["v".to_owned()])].into(),
        tags: texts(&["a", "é", " "]),
        scores: [-1, 0, 10].into(),
        digests: [Bytes::from_static(&[0]), Bytes::from_static(&[255, 0])].into(),
        maybe_list: Some(Vec::new()),
        maybe_tags: Some(texts(&["x"])),
        labels: [("l".to_owned(), String::new())].into(),
        remark: "r".into(),
    };

    db.create(&item).await?;

    assert_eq!(db.get(Collections::key("c")).await?, Some(item));
    Ok(())
}

async fn of_empty_collections(db: Db) -> Outcome {
    db.ensure_table::<Collections>().await?;
    let f = Collections::fields();
    let empty = Collections::new("c");

    db.create(&empty).await?;

    assert_eq!(db.get(Collections::key("c")).await?.as_ref(), Some(&empty));
    // DynamoDB has empty lists and maps, and no empty sets.
    let left_out = f.tags.not_exists().and(f.digests.not_exists()).and(f.labels.not_exists());
    let written = f.list.exists().and(f.map.exists()).and(f.matrix.exists());
    db.put(&empty).only_if(left_out.and(f.remark.not_exists()).and(written)).await
}

async fn of_an_entry_without_a_name_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Collections>().await?;
    let mut item = Collections::new("c");
    item.map = [(String::new(), 1)].into();

    assert_eq!(refused_as(db.create(&item).await), ErrorKind::Validation);
    Ok(())
}

async fn of_nested_structs_and_enums(db: Db) -> Outcome {
    db.ensure_table::<Profile>().await?;
    let mut profile = Profile::new("u");
    profile.home.remark = Some(String::new());
    profile.work = Some(Address { names: vec!["x".into()], ..Address::new("Basel", u32::MAX) });
    profile.former = vec![Address::new("Chur", 0)];
    profile.by_name = [("a.b".to_owned(), Address::new("Zug", 4))].into();
    profile.tier = Tier::PaidUp;
    profile.contacts = vec![
        Contact::None,
        Contact::Mail("a@b".into()),
        Contact::Phone { country: 41, number: "0".into() },
        Contact::Grid { x: -0.5, y: 1e10 },
    ];

    db.create(&profile).await?;

    assert_eq!(db.get(Profile::key("u")).await?.as_ref(), Some(&profile));
    let f = Profile::fields();
    db.put(&profile).only_if(f.tier.eq(Tier::PaidUp).and(f.contacts.at(0).eq(Contact::None))).await
}

async fn of_renamed_attributes(db: Db) -> Outcome {
    db.ensure_table::<Renamed>().await?;
    let mut item = Renamed::new("i");
    item.quoted = Some("q".into());

    db.create(&item).await?;

    assert_eq!(db.get(Renamed::key("i", 1_u32)).await?.as_ref(), Some(&item));
    assert_eq!(db.query(Renamed::by_by_name("n").order().ge(1_u32)).take(9).await?.items, [item]);
    Ok(())
}

async fn of_number_keys(db: Db) -> Outcome {
    db.ensure_table::<Reading>().await?;
    let reading = Reading::new(i64::MIN);

    db.create(&reading).await?;

    assert_eq!(db.get(Reading::key(7_u32, i64::MIN)).await?, Some(reading));
    Ok(())
}

async fn of_binary_keys(db: Db) -> Outcome {
    db.ensure_table::<Blob>().await?;
    let blob = Blob::new(&[0, 255], &[0]);

    db.create(&blob).await?;

    assert_eq!(db.get(Blob::key(Bytes::from_static(&[0, 255]), vec![0])).await?, Some(blob));
    Ok(())
}

async fn conditions_and_updates_reach_renamed_attributes(db: Db) -> Outcome {
    db.ensure_table::<Renamed>().await?;
    db.create(&Renamed::new("i")).await?;
    let f = Renamed::fields();

    let new = db
        .update(Renamed::key("i", 1_u32))
        .set(f.odd, "even")
        .set(f.quoted, "q")
        .set(f.order, 2_u32)
        .only_if(f.odd.eq("odd").and(f.quoted.not_exists()).and(f.size.eq(1_u32)).and(f.name.eq("n")))
        .returning_new()
        .await?;

    assert_eq!((new.odd.as_str(), new.quoted.as_deref(), new.order), ("even", Some("q"), 2));
    Ok(())
}

async fn a_missing_attribute_takes_its_default(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.added_later = 9;
    db.create(&item).await?;

    db.update(Scalars::key("s")).remove(Scalars::fields().added_later).await?;

    assert_eq!(found(db.get(Scalars::key("s")).await?).added_later, 0);
    Ok(())
}
