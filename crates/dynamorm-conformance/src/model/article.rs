use std::time::Duration;

use dynamorm::{Clock as _, Error, prelude::*, testing::TestClock};

/// Fields of every role and option, and indexes that carry all, some and none of them.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(
    table = "articles",
    rename_all = "camelCase",
    key(partition = "SHELF#{shelf}", sort = "ARTICLE#{number}"),
    index(name = "maker-index", partition = maker, sort = price, projection = [shelf, title]),
    index(name = "grade-index", partition = grade, projection = keys),
    index(name = "ending-index", partition = maker, sort = until, projection = keys),
    index(name = "whole-index", partition = maker, sort = number),
)]
pub(crate) struct Article {
    pub(crate) shelf: String,
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) maker: String,
    pub(crate) grade: Option<String>,
    pub(crate) price: i64,
    #[dynamorm(rename = "size.of[it]")]
    pub(crate) size: u32,
    pub(crate) remark: Option<String>,
    #[dynamorm(skip_if_empty)]
    pub(crate) labels: Vec<String>,
    #[dynamorm(default)]
    pub(crate) stock: u32,
    #[dynamorm(version)]
    pub(crate) version: u64,
    #[dynamorm(created_at)]
    pub(crate) made_at: Timestamp,
    #[dynamorm(ttl)]
    pub(crate) until: Option<Timestamp>,
}

impl Article {
    /// An article that never expires.
    pub(crate) fn new(number: u32) -> Self {
        Self {
            shelf: "s".into(),
            number,
            title: format!("article {number}"),
            maker: "m".into(),
            grade: Some("a".into()),
            price: i64::from(number) * 100,
            size: 7,
            remark: None,
            labels: Vec::new(),
            stock: 3,
            version: 0,
            made_at: Timestamp::default(),
            until: None,
        }
    }

    /// Stores three articles, and goes on to the instant at which the second has expired and the others have three minutes
    /// left.
    pub(crate) async fn partly_expired(db: Db) -> Result<Db, Error> {
        let clock = TestClock::new();
        let db = db.with_clock(clock.clone());
        db.ensure_table::<Self>().await?;
        for number in 1..=3 {
            let minutes = if number == 2 { 1 } else { 5 };
            let until = clock.now().checked_add(MINUTE * minutes);
            db.create(&Self { until, ..Self::new(number) }).await?;
        }
        clock.advance(MINUTE * 2);
        Ok(db)
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// A model in the table of articles, which has the attributes that an article's indexes carry.
#[derive(Clone, Debug, PartialEq, Model)]
#[dynamorm(table = "articles", key(partition = "SHELF#{shelf}", sort = "OFFER#{number}"))]
pub(crate) struct Offer {
    pub(crate) shelf: String,
    pub(crate) number: u32,
    pub(crate) title: String,
    pub(crate) maker: String,
    pub(crate) grade: String,
    pub(crate) price: i64,
    #[dynamorm(ttl)]
    pub(crate) until: Timestamp,
}

impl Offer {
    /// An offer beside the article of that number, for a year.
    pub(crate) fn new(number: u32) -> Self {
        let Article { shelf, title, maker, price, .. } = Article::new(number);
        let until = Timestamp::now().saturating_add(Duration::from_secs(31_536_000));
        Self { shelf, number, title, maker, grade: "a".into(), price: price + 50, until }
    }
}

/// A title and what it costs: what `maker-index` carries of it.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Article)]
pub(crate) struct Price {
    pub(crate) title: String,
    pub(crate) price: i64,
}

/// Fields that are stored under other names, or not at all.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Article)]
pub(crate) struct Details {
    pub(crate) size: u32,
    pub(crate) remark: Option<String>,
    pub(crate) labels: Vec<String>,
    pub(crate) stock: u32,
    pub(crate) version: u64,
}

/// What may be missing from every item.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Article)]
pub(crate) struct Remark {
    pub(crate) remark: Option<String>,
}

/// The instant of expiry itself.
#[derive(Clone, Debug, PartialEq, Projection)]
#[dynamorm(model = Article)]
pub(crate) struct Ending {
    pub(crate) until: Option<Timestamp>,
    pub(crate) maker: String,
}
