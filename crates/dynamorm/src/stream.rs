use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use dynamorm_core::{
    Error,
    model::ReadItem,
    transport::BoxFuture,
    wire::{self, Answer},
};
use futures_core::Stream;

use crate::{Db, paging::Plan};

/// The items of a query or a scan, one after the other, through all pages.
///
/// At most two pages are in memory: the one that is handed out and the next, which is fetched ahead. After an error
/// the stream ends. It is `Unpin`: `while let Some(item) = stream.try_next().await?`.
#[must_use = "a stream does nothing until it is polled"]
pub struct ItemStream<T> {
    /// `None` when there is no plan to fetch by, only its error to hand out.
    source: Option<Source>,
    items: VecDeque<T>,
    ahead: Ahead<T>,
}

/// The page after the one that is handed out.
enum Ahead<T> {
    Fetching(BoxFuture<'static, Result<Answer<wire::Page<T>>, Error>>),
    Fetched(Result<Answer<wire::Page<T>>, Error>),
    End,
}

struct Source {
    db: Db,
    plan: Arc<Plan>,
}

impl<T: ReadItem> ItemStream<T> {
    pub(crate) fn new(db: Db, plan: Result<Plan, Error>) -> Self {
        match plan {
            Ok(plan) => {
                let source = Source { db, plan: plan.into() };
                let ahead = Ahead::Fetching(source.fetch(source.plan.start_key.clone()));
                Self { source: Some(source), items: VecDeque::new(), ahead }
            }
            Err(error) => Self { source: None, items: VecDeque::new(), ahead: Ahead::Fetched(Err(error)) },
        }
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// As those of a page; after one the stream ends.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        try_next(self).await
    }

    /// All items that are left, in memory.
    ///
    /// # Errors
    /// As those of a page, or [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) once there are more than `limit`.
    pub async fn collect_up_to(self, limit: usize) -> Result<Vec<T>, Error> {
        collect_up_to(self, limit).await
    }
}

/// The next item of a stream; `None` at the end.
pub(crate) async fn try_next<T>(
    stream: &mut (impl Stream<Item = Result<T, Error>> + Unpin),
) -> Result<Option<T>, Error> {
    std::future::poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await.transpose()
}

/// All items that are left of a stream, unless there are more than `limit`.
pub(crate) async fn collect_up_to<T>(
    mut stream: impl Stream<Item = Result<T, Error>> + Unpin,
    limit: usize,
) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    while let Some(item) = try_next(&mut stream).await? {
        if items.len() == limit {
            let message = format!("more than {limit} items; raise the limit or handle them one by one");
            return Err(Error::new(crate::ErrorKind::TooLarge { size: limit + 1, limit }, message));
        }
        items.push(item);
    }
    Ok(items)
}

impl Source {
    fn fetch<T: ReadItem>(
        &self,
        start_key: Option<bytes::Bytes>,
    ) -> BoxFuture<'static, Result<Answer<wire::Page<T>>, Error>> {
        let (db, plan) = (self.db.clone(), Arc::clone(&self.plan));
        Box::pin(async move { plan.fetch(&db, start_key, None, usize::MAX).await })
    }
}

impl<T> Unpin for ItemStream<T> {}

impl<T: ReadItem> Stream for ItemStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            // Polled even while items are left: that is what fetches ahead. The page waits until they are gone, so
            // that no third one is begun.
            if let Ahead::Fetching(fetch) = &mut this.ahead
                && let Poll::Ready(page) = fetch.as_mut().poll(context)
            {
                this.ahead = Ahead::Fetched(page);
            }
            if let Some(item) = this.items.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match std::mem::replace(&mut this.ahead, Ahead::End) {
                Ahead::Fetching(fetch) => {
                    this.ahead = Ahead::Fetching(fetch);
                    return Poll::Pending;
                }
                Ahead::Fetched(Err(error)) => return Poll::Ready(Some(Err(error))),
                Ahead::Fetched(Ok(page)) => {
                    this.items = page.value.items.into();
                    if let (Some(source), Some(key)) = (&this.source, page.value.last_key) {
                        this.ahead = Ahead::Fetching(source.fetch(Some(key)));
                    }
                }
                Ahead::End => return Poll::Ready(None),
            }
        }
    }
}

impl<T> fmt::Debug for ItemStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream").field("buffered", &self.items.len()).finish_non_exhaustive()
    }
}
