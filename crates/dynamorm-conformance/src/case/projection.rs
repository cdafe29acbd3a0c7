//! `project`: some of a model's fields, read without the others.

use std::time::Duration;

use dynamorm::{
    Error, Model,
    prelude::*,
    testing::{Fault, Faults, Recording},
    transport::Operation,
};

use crate::{
    model::{Article, Blob, Details, Ending, Length, Offer, Price, Remark, Ticket, Title},
    refusal::{found, refusal},
    registry::{Outcome, cases},
};

cases![
    get_reads_the_fields_alone,
    get_finds_nothing_where_nothing_is,
    get_reads_what_is_stored_under_another_name,
    get_reads_what_is_missing_as_its_model_does,
    get_finds_an_item_that_has_none_of_the_fields,
    get_leaves_out_what_has_expired_though_it_reads_no_instant,
    get_reads_the_instant_of_expiry,
    batch_get_reads_the_fields_alone_in_the_order_of_the_keys,
    batch_get_names_the_keys_that_have_no_item,
    batch_get_finds_items_that_have_none_of_the_fields,
    batch_get_reads_what_is_stored_under_another_name,
    batch_get_finds_items_by_keys_of_numbers_and_bytes,
    batch_get_counts_what_has_expired_as_missing_though_it_reads_no_instant,
    batch_get_reads_the_instant_of_expiry,
    batch_get_asks_again_for_what_was_left_out,
    batch_get_goes_on_past_a_hundred_keys_and_sixteen_megabytes,
    batch_get_consumes_what_whole_items_do_and_carries_less,
    query_reads_the_fields_alone,
    query_of_an_index_reads_what_that_carries,
    query_of_an_index_passes_over_items_of_other_models,
    query_filters_by_fields_that_it_does_not_read,
    query_leaves_out_what_has_expired,
    query_of_an_index_that_is_sorted_by_the_ttl_leaves_out_what_has_expired,
    query_pages_and_streams,
    query_counts,
    scan_reads_the_fields_alone,
    scan_in_segments_reads_the_fields_alone,
    names_the_attribute_that_it_cannot_read,
];

const MINUTE: Duration = Duration::from_secs(60);

async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Article>().await?;
    for number in 1..=3 {
        db.create(&Article::new(number)).await?;
    }
    Ok(())
}

fn price(number: u32) -> Price {
    let Article { title, price, .. } = Article::new(number);
    Price { title, price }
}

async fn get_reads_the_fields_alone(db: Db) -> Outcome {
    stored(&db).await?;

    let read = db.get(Article::key("s", 2_u32)).project::<Price>().consistent().await?;

    assert_eq!(read, Some(price(2)));
    Ok(())
}

async fn get_finds_nothing_where_nothing_is(db: Db) -> Outcome {
    stored(&db).await?;

    assert_eq!(db.get(Article::key("s", 9_u32)).project::<Price>().await?, None);
    assert_eq!(db.get(Article::key("s", 9_u32)).project::<Remark>().await?, None);
    Ok(())
}

async fn get_reads_what_is_stored_under_another_name(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    let article = Article { size: 42, stock: 5, labels: vec!["new".into()], ..Article::new(1) };
    db.create(&article).await?;

    let read = db.get(Article::key("s", 1_u32)).project::<Details>().await?;

    let labels = vec!["new".to_owned()];
    assert_eq!(read, Some(Details { size: 42, remark: None, labels, stock: 5, version: 1 }));
    Ok(())
}

/// An article as a program wrote it that had no stock yet, and numbers for titles.
mod earlier {
    use dynamorm::Model;

    #[derive(Debug, Model)]
    #[dynamorm(table = "articles", key(partition = "SHELF#{shelf}", sort = "ARTICLE#{number}"))]
    pub(super) struct Article {
        pub(super) shelf: String,
        pub(super) number: u32,
        #[dynamorm(rename = "size.of[it]")]
        pub(super) size: u32,
        pub(super) version: u64,
        pub(super) price: i64,
        pub(super) title: u32,
    }

    impl Article {
        pub(super) fn new() -> Self {
            Self { shelf: "s".into(), number: 1, size: 1, version: 1, price: 100, title: 1 }
        }
    }
}

async fn get_reads_what_is_missing_as_its_model_does(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    db.put(&earlier::Article::new()).await?;

    let read = db.get(Article::key("s", 1_u32)).project::<Details>().await?;

    assert_eq!(read, Some(Details { size: 1, remark: None, labels: Vec::new(), stock: 0, version: 1 }));
    Ok(())
}

async fn get_finds_an_item_that_has_none_of_the_fields(db: Db) -> Outcome {
    stored(&db).await?;

    let read = db.get(Article::key("s", 1_u32)).project::<Remark>().await?;

    assert_eq!(read, Some(Remark { remark: None }));
    Ok(())
}

async fn get_leaves_out_what_has_expired_though_it_reads_no_instant(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    assert_eq!(db.get(Article::key("s", 1_u32)).project::<Price>().await?, Some(price(1)));
    assert_eq!(db.get(Article::key("s", 2_u32)).project::<Price>().await?, None);
    Ok(())
}

async fn get_reads_the_instant_of_expiry(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;
    let whole = found(db.get(Article::key("s", 3_u32)).await?);

    let read = db.get(Article::key("s", 3_u32)).project::<Ending>().await?;

    assert_eq!(read, Some(Ending { until: whole.until, maker: whole.maker }));
    Ok(())
}

async fn batch_get_reads_the_fields_alone_in_the_order_of_the_keys(db: Db) -> Outcome {
    stored(&db).await?;

    let keys = [3, 1, 2_u32].map(|number| Article::key("s", number));
    let got = db.batch_get(keys).project::<Price>().consistent().await?;

    assert_eq!(got.found, [3, 1, 2].map(price));
    assert!(got.missing.is_empty() && got.unread.is_empty());
    Ok(())
}

async fn batch_get_names_the_keys_that_have_no_item(db: Db) -> Outcome {
    stored(&db).await?;

    let keys = [9, 2, 8, 2, 9_u32].map(|number| Article::key("s", number));
    let got = db.batch_get(keys).project::<Price>().await?;

    assert_eq!(got.found, [price(2)]);
    assert_eq!(got.missing, [9, 8_u32].map(|number| Article::key("s", number)));
    Ok(())
}

async fn batch_get_finds_items_that_have_none_of_the_fields(db: Db) -> Outcome {
    stored(&db).await?;

    let keys = [1, 9, 2_u32].map(|number| Article::key("s", number));
    let got = db.batch_get(keys).project::<Remark>().await?;

    assert_eq!(got.found, [Remark { remark: None }, Remark { remark: None }]);
    assert_eq!(got.missing, [Article::key("s", 9_u32)]);
    Ok(())
}

async fn batch_get_reads_what_is_stored_under_another_name(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    db.create(&Article { size: 42, ..Article::new(1) }).await?;

    let got = db.batch_get([Article::key("s", 1_u32)]).project::<Details>().await?;

    assert_eq!(got.found, [Details { size: 42, remark: None, labels: Vec::new(), stock: 3, version: 1 }]);
    Ok(())
}

async fn batch_get_finds_items_by_keys_of_numbers_and_bytes(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.ensure_table::<Blob>().await?;
    let blobs = [Blob { length: 7, ..Blob::new(&[0, 255], &[1]) }, Blob::new(&[0, 255], &[2])];
    let _ = db.batch_write().put_all(&[7, 100].map(Ticket::new)).put_all(&blobs).await?;

    let tickets = db.batch_get([100, 7, 10_u32].map(|number| Ticket::key("q", number)));
    let tickets = tickets.project::<Title>().await?;
    let lengths = db.batch_get(blobs.iter().map(Model::primary_key)).project::<Length>().await?;

    assert_eq!(tickets.found, [100, 7].map(|number| Title { number, title: format!("ticket {number}") }));
    assert_eq!(tickets.missing, [Ticket::key("q", 10_u32)]);
    assert_eq!(lengths.found, [7, 0].map(|length| Length { length }));
    Ok(())
}

async fn batch_get_counts_what_has_expired_as_missing_though_it_reads_no_instant(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    let keys = [1, 2, 3_u32].map(|number| Article::key("s", number));
    let got = db.batch_get(keys).project::<Price>().await?;

    assert_eq!(got.found, [1, 3].map(price));
    assert_eq!(got.missing, [Article::key("s", 2_u32)]);
    Ok(())
}

async fn batch_get_reads_the_instant_of_expiry(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;
    let whole = found(db.get(Article::key("s", 3_u32)).await?);

    let got = db.batch_get([Article::key("s", 3_u32)]).project::<Ending>().await?;

    assert!(whole.until.is_some());
    assert_eq!(got.found, [Ending { until: whole.until, maker: whole.maker }]);
    Ok(())
}

async fn batch_get_asks_again_for_what_was_left_out(db: Db) -> Outcome {
    stored(&db).await?;
    let (db, faults) = Faults::under(db);
    let left_out = faults.on(Operation::BatchGetItem).times(2).inject(Fault::Unprocessed(2));

    let keys = [1, 9, 2, 3_u32].map(|number| Article::key("s", number));
    let got = db.batch_get(keys).project::<Price>().await?;

    assert_eq!(left_out.count(), 2);
    assert_eq!(got.found, [1, 2, 3].map(price));
    assert_eq!(got.missing, [Article::key("s", 9_u32)]);
    Ok(())
}

async fn batch_get_goes_on_past_a_hundred_keys_and_sixteen_megabytes(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    let remark = Some("x".repeat(390_000));
    for number in 0..50 {
        db.create(&Article { remark: remark.clone(), ..Article::new(number) }).await?;
    }

    let got = db.batch_get((0..150).map(|number| Article::key("s", number))).project::<Price>().await?;

    assert_eq!(got.found, (0..50).map(price).collect::<Vec<_>>());
    assert_eq!(got.missing, (50..150).map(|number| Article::key("s", number)).collect::<Vec<_>>());
    assert!(got.unread.is_empty());
    Ok(())
}

async fn batch_get_consumes_what_whole_items_do_and_carries_less(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    for number in 0..4 {
        db.create(&Article { remark: Some("x".repeat(10_000)), ..Article::new(number) }).await?;
    }
    let (db, recording) = Recording::under(db);
    let batch = || db.batch_get((0..4).map(|number| Article::key("s", number)));
    let cost = || {
        let calls = recording.take();
        let units: f64 = calls.iter().filter_map(|call| call.capacity).sum();
        (units, calls.iter().map(|call| call.answer_bytes).sum::<usize>())
    };

    let _ = batch().await?;
    let (units_of_whole, bytes_of_whole) = cost();
    let _ = batch().project::<Price>().await?;
    let (units, bytes) = cost();

    assert!(units > 0.0 && units == units_of_whole, "{units} {units_of_whole}");
    assert!(bytes_of_whole > 40_000 && bytes < 2_000, "{bytes} {bytes_of_whole}");
    Ok(())
}

async fn query_reads_the_fields_alone(db: Db) -> Outcome {
    stored(&db).await?;

    let read = db.query(Article::partition("s")).project::<Price>().consistent().descending().take(2).await?;

    assert_eq!(*read, [price(3), price(2)]);
    assert_eq!((read.scanned, read.matched), (2, 2));
    Ok(())
}

async fn query_of_an_index_reads_what_that_carries(db: Db) -> Outcome {
    stored(&db).await?;

    let read = db.query(Article::by_maker("m").price().ge(200)).project::<Price>().take(9).await?;

    assert_eq!(*read, [price(2), price(3)]);
    Ok(())
}

async fn query_of_an_index_passes_over_items_of_other_models(db: Db) -> Outcome {
    stored(&db).await?;
    db.put(&Offer::new(1)).await?;
    let query = || db.query(Article::by_maker("m")).project::<Price>();

    let page = query().page_size(2).page().await?;

    assert_eq!((page.items, page.scanned, page.matched), (vec![price(1)], 2, 1));
    assert_eq!(query().stream().collect_up_to(9).await?, [price(1), price(2), price(3)]);
    assert_eq!(query().count().await?, 3);
    assert_eq!(db.query(Article::by_ending("m")).count().await?, 0);
    Ok(())
}

async fn query_filters_by_fields_that_it_does_not_read(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Article::fields();
    let query = || db.query(Article::partition("s"));

    let before = query().filter(f.number.ne(2)).project::<Price>().take(9).await?;
    let after = query().project::<Price>().filter(f.number.ne(2)).take(9).await?;
    let both = query().filter(f.price.gt(100)).project::<Price>().filter(f.price.lt(300)).take(9).await?;

    assert_eq!(*before, [price(1), price(3)]);
    assert_eq!(*after, *before);
    assert_eq!(*both, [price(2)]);
    Ok(())
}

async fn query_leaves_out_what_has_expired(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    let read = db.query(Article::by_maker("m")).project::<Price>().take(9).await?;

    assert_eq!(*read, [price(1), price(3)]);
    Ok(())
}

async fn query_of_an_index_that_is_sorted_by_the_ttl_leaves_out_what_has_expired(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    let read = db.query(Article::by_ending("m")).project::<Ending>().take(9).await?;

    let until = db.now().checked_add(MINUTE * 3);
    assert_eq!(read.len(), 2);
    assert!(read.iter().all(|ending| ending.until == until && ending.maker == "m"), "{read:?}");
    Ok(())
}

async fn query_pages_and_streams(db: Db) -> Outcome {
    stored(&db).await?;
    let query = || db.query(Article::by_maker("m")).project::<Price>().page_size(2);

    let first = query().page().await?;
    let second = query().after(first.next.clone()).page().await?;
    let streamed = query().stream().collect_up_to(9).await?;

    assert_eq!((first.items, second.items), (vec![price(1), price(2)], vec![price(3)]));
    assert_eq!(streamed, [price(1), price(2), price(3)]);
    Ok(())
}

async fn query_counts(db: Db) -> Outcome {
    stored(&db).await?;

    assert_eq!(db.query(Article::by_maker("m")).project::<Price>().count().await?, 3);
    assert_eq!(db.scan::<Article>().project::<Price>().count().await?, 3);
    Ok(())
}

async fn scan_reads_the_fields_alone(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Article::fields();

    let scan = db.scan::<Article>().filter(f.number.ne(1)).project::<Price>();
    let mut read = scan.stream().collect_up_to(9).await?;

    read.sort_by_key(|item| item.price);
    assert_eq!(read, [price(2), price(3)]);
    Ok(())
}

async fn scan_in_segments_reads_the_fields_alone(db: Db) -> Outcome {
    stored(&db).await?;

    let scan = db.scan::<Article>().project::<Price>().segments(3);
    let mut read = scan.stream().collect_up_to(9).await?;

    read.sort_by_key(|item| item.price);
    assert_eq!(read, [price(1), price(2), price(3)]);
    Ok(())
}

async fn names_the_attribute_that_it_cannot_read(db: Db) -> Outcome {
    db.ensure_table::<Article>().await?;
    db.put(&earlier::Article::new()).await?;

    let error = refusal(db.get(Article::key("s", 1_u32)).project::<Price>().await);

    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("title"));
    Ok(())
}
