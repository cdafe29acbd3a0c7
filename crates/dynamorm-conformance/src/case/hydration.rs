//! `hydrate`: the whole items of an index that does not carry them.

use dynamorm::{Error, prelude::*, verb::Ended};

use crate::{
    model::{Article, Offer, Order},
    refusal::refusal,
    registry::{Outcome, cases},
};

cases![
    reads_whole_items_in_the_order_of_the_index,
    reads_items_of_an_index_that_carries_them_too,
    passes_over_items_of_other_models,
    take_stops_at_the_limit,
    pages_and_streams,
    filters_by_what_the_index_carries,
    leaves_out_what_has_expired,
    leaves_out_what_has_expired_of_an_index_that_is_sorted_by_the_ttl,
    counts_what_the_index_has,
    says_what_both_reads_consumed,
    an_item_that_cannot_be_read_is_an_error,
];

async fn stored(db: &Db, count: u32) -> Result<Vec<Article>, Error> {
    db.ensure_table::<Article>().await?;
    for number in 1..=count {
        db.put(&Article::new(number)).await?;
    }
    db.query(Article::partition("s")).stream().collect_up_to(500).await
}

async fn reads_whole_items_in_the_order_of_the_index(db: Db) -> Outcome {
    let mut whole = stored(&db, 5).await?;

    let read = db.query(Article::by_maker("m")).descending().hydrate().take(9).await?;

    whole.reverse();
    assert_eq!(*read, *whole);
    assert_eq!((read.scanned, read.matched, read.ended), (5, 5, Ended::Exhausted));
    Ok(())
}

async fn reads_items_of_an_index_that_carries_them_too(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.create(&Order::new("o-1")).await?;

    let read = db.query(Order::by_owner("ann")).hydrate().take(9).await?;

    assert_eq!(*read, [Order::new("o-1")]);
    Ok(())
}

async fn passes_over_items_of_other_models(db: Db) -> Outcome {
    let whole = stored(&db, 3).await?;
    db.put(&Offer::new(1)).await?;
    let query = || db.query(Article::by_maker("m")).hydrate();

    let page = query().page_size(2).page().await?;

    assert_eq!((&*page.items, page.scanned, page.matched), (&whole[..1], 2, 1));
    assert_eq!(*query().take(3).await?, *whole);
    assert_eq!(query().count().await?, 3);
    Ok(())
}

async fn take_stops_at_the_limit(db: Db) -> Outcome {
    let whole = stored(&db, 5).await?;

    let read = db.query(Article::by_maker("m")).hydrate().take(2).await?;

    assert_eq!(*read, whole[..2]);
    assert_eq!((read.scanned, read.ended), (2, Ended::Taken));
    Ok(())
}

async fn pages_and_streams(db: Db) -> Outcome {
    let whole = stored(&db, 5).await?;
    let query = || db.query(Article::by_maker("m")).hydrate().page_size(2);

    let first = query().page().await?;
    let second = query().after(first.next.clone()).page().await?;
    let streamed = query().stream().collect_up_to(9).await?;

    assert_eq!((&*first.items, &*second.items), (&whole[..2], &whole[2..4]));
    assert_eq!(streamed, whole);
    Ok(())
}

async fn filters_by_what_the_index_carries(db: Db) -> Outcome {
    let whole = stored(&db, 3).await?;
    let f = Article::fields();

    let read = db.query(Article::by_maker("m")).hydrate().filter(f.title.eq("article 2")).take(9).await?;

    assert_eq!(*read, whole[1..2]);
    Ok(())
}

fn numbers(articles: &[Article]) -> Vec<u32> {
    let mut numbers: Vec<u32> = articles.iter().map(|article| article.number).collect();
    numbers.sort_unstable();
    numbers
}

async fn leaves_out_what_has_expired(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    let read = db.query(Article::by_grade("a")).hydrate().take(9).await?;

    assert_eq!(numbers(&read), [1, 3]);
    Ok(())
}

async fn leaves_out_what_has_expired_of_an_index_that_is_sorted_by_the_ttl(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    let read = db.query(Article::by_ending("m")).hydrate().take(9).await?;

    assert_eq!(numbers(&read), [1, 3]);
    assert_eq!(read.matched, 2);
    Ok(())
}

async fn counts_what_the_index_has(db: Db) -> Outcome {
    let db = Article::partly_expired(db).await?;

    assert_eq!(db.query(Article::by_grade("a")).hydrate().count().await?, 2);
    assert_eq!(db.query(Article::by_ending("m")).hydrate().count().await?, 2);
    assert_eq!(db.query(Article::by_ending("m")).count().await?, 2);
    Ok(())
}

async fn says_what_both_reads_consumed(db: Db) -> Outcome {
    stored(&db, 3).await?;

    let carried = db.query(Article::by_grade("a")).project::<Carried>().page().await?;
    let whole = db.query(Article::by_grade("a")).hydrate().page().await?;

    // Each item of less than 4 KB, read by itself and consistent, costs a unit.
    let items = whole.items.iter().map(|_| 1.0).sum::<f64>();
    assert!(items > 0.0 && carried.consumed_capacity.is_some());
    assert_eq!(whole.consumed_capacity, carried.consumed_capacity.map(|units| units + items));
    Ok(())
}

/// What `grade-index` carries.
#[derive(Debug, Projection)]
#[dynamorm(model = Article)]
#[allow(dead_code, reason = "read for what it costs")]
struct Carried {
    grade: Option<String>,
}

/// An article that another program wrote.
mod other {
    use dynamorm::Model;

    #[derive(Debug, Model)]
    #[dynamorm(table = "articles", key(partition = "SHELF#{shelf}", sort = "ARTICLE#{number}"))]
    pub(super) struct Article {
        pub(super) shelf: String,
        pub(super) number: u32,
        pub(super) maker: String,
        pub(super) price: i64,
        pub(super) title: u32,
    }
}

async fn an_item_that_cannot_be_read_is_an_error(db: Db) -> Outcome {
    stored(&db, 2).await?;
    let other = other::Article { shelf: "s".into(), number: 3, maker: "m".into(), price: 300, title: 3 };
    db.put(&other).await?;

    let error = refusal(db.query(Article::by_maker("m")).hydrate().take(9).await);

    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("BatchGetItem"), "{error}");
    Ok(())
}
