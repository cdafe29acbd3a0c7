//! DynamoDB's limits: what is within them is stored, what is beyond is refused before it is sent.

use bytes::Bytes;
use dynamorm::{limits, prelude::*};

use crate::{
    model::{Blob, Order, OrderTenantIdAndRegion, Pair, Setting},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    an_item_of_400_kb_is_stored,
    an_item_over_400_kb_is_refused_with_its_size,
    the_size_counts_bytes_not_characters,
    a_partition_key_of_2048_bytes_is_stored,
    a_longer_partition_key_is_refused,
    a_partition_that_cannot_be_is_not_queried,
    a_sort_key_of_1024_bytes_is_stored,
    a_longer_sort_key_is_refused,
    an_empty_key_is_refused,
    an_empty_key_of_bytes_is_refused,
    an_empty_index_key_is_refused,
    an_index_key_over_its_limit_is_refused,
    an_empty_text_is_stored,
    an_expression_over_4_kb_is_refused,
    refusals_never_show_a_value,
];

/// A setting that counts as this many bytes: the names `name` and `value`, a name of one byte, and the value.
fn setting_of(bytes: usize) -> Setting {
    Setting::new("n", &"x".repeat(bytes - "name".len() - "n".len() - "value".len()))
}

async fn an_item_of_400_kb_is_stored(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = setting_of(limits::MAX_ITEM_BYTES);

    db.create(&setting).await?;

    assert_eq!(db.get(Setting::key("n")).await?, Some(setting));
    Ok(())
}

async fn an_item_over_400_kb_is_refused_with_its_size(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(db.put(&setting_of(limits::MAX_ITEM_BYTES + 1)).await);

    assert_eq!(error.kind(), ErrorKind::TooLarge { size: 409_601, limit: 409_600 });
    assert_eq!(error.attempts(), 0);
    assert!(error.to_string().contains("409601") && error.to_string().contains("409600"), "{error}");
    assert_eq!(db.get(Setting::key("n")).await?, None);
    Ok(())
}

async fn the_size_counts_bytes_not_characters(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let half = limits::MAX_ITEM_BYTES / 2 - 5;

    db.put(&Setting::new("n", &"é".repeat(half))).await?;
    let error = refusal(db.put(&Setting::new("nn", &"é".repeat(half))).await);

    assert_eq!(error.kind(), ErrorKind::TooLarge { size: 409_601, limit: 409_600 });
    Ok(())
}

async fn a_partition_key_of_2048_bytes_is_stored(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let name = "é".repeat(limits::MAX_PARTITION_KEY_BYTES / 2);

    db.create(&Setting::new(&name, "")).await?;

    assert_eq!(found(db.get(Setting::key(name.as_str())).await?).name, name);
    Ok(())
}

async fn a_longer_partition_key_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let name = "x".repeat(limits::MAX_PARTITION_KEY_BYTES + 1);

    let error = refusal(db.create(&Setting::new(&name, "")).await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    let text = error.to_string();
    assert!(text.contains("`name`") && text.contains("2049") && text.contains("2048"), "{text}");
    assert_eq!(refused_as(db.get(Setting::key(name.as_str())).await), ErrorKind::Validation);
    assert_eq!(refused_as(db.delete(Setting::key(name.as_str())).await), ErrorKind::Validation);
    assert_eq!(refused_as(db.update(Setting::key(name.as_str())).await), ErrorKind::Validation);
    Ok(())
}

async fn a_partition_that_cannot_be_is_not_queried(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let long = "x".repeat(limits::MAX_PARTITION_KEY_BYTES + 1);

    for partition in ["", long.as_str()] {
        let error = refusal(db.query(Setting::partition(partition)).count().await);
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    }
    Ok(())
}

async fn a_sort_key_of_1024_bytes_is_stored(db: Db) -> Outcome {
    db.ensure_table::<Pair>().await?;
    let pair = Pair::new("", "", "", &"x".repeat(limits::MAX_SORT_KEY_BYTES - "S##".len()));

    db.create(&pair).await?;

    assert_eq!(db.get(Pair::key("", "", "", pair.d.as_str())).await?, Some(pair));
    Ok(())
}

async fn a_longer_sort_key_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Pair>().await?;
    // What is stored counts: the escaped form of a character is three bytes long.
    let pair = Pair::new("", "", "", &" ".repeat(341));

    let error = refusal(db.create(&pair).await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    let text = error.to_string();
    assert!(text.contains("`sk`") && text.contains("1026") && text.contains("1024"), "{text}");
    Ok(())
}

async fn an_empty_key_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let error = refusal(db.create(&Setting::new("", "")).await);

    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
    assert!(error.to_string().contains("`name`"), "{error}");
    assert_eq!(refused_as(db.get(Setting::key("")).await), ErrorKind::Validation);
    Ok(())
}

async fn an_empty_key_of_bytes_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Blob>().await?;

    assert_eq!(refused_as(db.create(&Blob::new(b"x", b"")).await), ErrorKind::Validation);
    assert_eq!(refused_as(db.get(Blob::key(Bytes::new(), vec![1])).await), ErrorKind::Validation);
    Ok(())
}

async fn an_empty_index_key_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let mut order = Order::new("o-1");
    db.create(&order).await?;
    order.owner.clear();

    let put = refusal(db.put(&order).await);
    let set = refusal(db.update(Order::key("o-1")).set(Order::fields().owner, "").await);

    assert_eq!((put.kind(), put.attempts()), (ErrorKind::Validation, 0));
    assert_eq!((set.kind(), set.attempts()), (ErrorKind::Validation, 0));
    assert!(put.to_string().contains("`owner`") && set.to_string().contains("`owner`"), "{put}; {set}");
    Ok(())
}

async fn an_index_key_over_its_limit_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.create(&Order::new("o-1")).await?;
    let long = "x".repeat(limits::MAX_PARTITION_KEY_BYTES);

    let group = OrderTenantIdAndRegion { tenant_id: long.clone(), region: "eu".into() };
    let joined = refusal(db.update(Order::key("o-1")).set_group(group).await);
    let field = refusal(db.update(Order::key("o-1")).set(Order::fields().owner, long + "x").await);

    assert_eq!((joined.kind(), joined.attempts()), (ErrorKind::Validation, 0));
    assert_eq!((field.kind(), field.attempts()), (ErrorKind::Validation, 0));
    Ok(())
}

async fn an_empty_text_is_stored(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    db.create(&Setting::new("theme", "")).await?;

    assert_eq!(found(db.get(Setting::key("theme")).await?).value, "");
    Ok(())
}

async fn an_expression_over_4_kb_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.create(&Setting::new("theme", "dark")).await?;
    let f = Setting::fields();
    let setting = Setting::new("theme", "light");

    let (mut put, mut delete) = (db.put(&setting), db.delete(Setting::key("theme")));
    for _ in 0..400 {
        put = put.only_if(f.value.ne("dark"));
        delete = delete.only_if(f.value.ne("dark"));
    }
    let errors = [refusal(put.await), refusal(delete.await)];

    for error in errors {
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Validation, 0));
        assert!(error.to_string().contains("4096"), "{error}");
    }
    assert_eq!(found(db.get(Setting::key("theme")).await?).value, "dark");
    Ok(())
}

async fn refusals_never_show_a_value(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let secret = "open sesame";
    db.create(&Setting::new(secret, secret)).await?;
    let f = Setting::fields();

    let mut errors = vec![refusal(db.create(&Setting::new(secret, secret)).await)];
    errors.push(refusal(db.update(Setting::key(secret)).only_if(f.value.ne(secret)).await));
    errors.push(refusal(db.update(Setting::key(secret.repeat(2))).set(f.value, secret).await));
    errors.push(refusal(db.put(&Setting::new(&secret.repeat(200), secret)).await));
    errors.push(refusal(db.put(&Setting::new(secret, &secret.repeat(40_000))).await));
    errors.push(refusal(db.update(Setting::key(secret)).set(f.value, secret).set(f.value, secret).await));

    // DynamoDB quotes the ends of a range that it refuses; not every engine refuses it.
    errors.extend(db.scan::<Setting>().filter(f.value.between(secret, "a")).page().await.err());

    for error in errors {
        let texts = format!("{error} {error:?}");
        assert!(!texts.contains(secret), "{texts}");
    }
    Ok(())
}
