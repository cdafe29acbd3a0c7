use std::{
    collections::VecDeque,
    fmt,
    marker::PhantomData,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use dynamorm_core::{
    Error,
    model::{RawItem, ReadItem, TableDefinition},
    transport::{BoxFuture, Operation},
    wire::{self, Answer, scan::Segment},
};
use futures_core::Stream;
use futures_util::{StreamExt as _, stream::FuturesUnordered};

use crate::{
    Cursor, Db,
    checkpoint::{self, Place},
    cursor::QueryFingerprint,
    hydration::stored_key,
    pace::Pace,
    paging::Plan,
    stream,
};

/// The items of a scan in segments, as they come: those of one segment in its order, the segments in none.
///
/// In memory are at most one page (1 MB of items) a segment, and one more: a segment's next page is asked for when the
/// one before begins to be handed out. All segments are read at once, so that their number is what bounds the memory.
/// After an error the stream ends; its [`checkpoint`](Self::checkpoint) still stands. It is `Unpin`:
/// `while let Some(item) = stream.try_next().await?`.
#[must_use = "a stream does nothing until it is polled"]
pub struct SegmentStream<T> {
    /// `None` when there is no plan to fetch by, only its error to hand out.
    source: Option<Source>,
    failure: Option<Error>,
    /// Requests that are to be made: the segment, and the key after which its next page begins.
    waiting: VecDeque<(u32, Option<Bytes>)>,
    fetching: FuturesUnordered<BoxFuture<'static, Fetched>>,
    /// Pages of which nothing was handed out, with their segments.
    pages: VecDeque<(u32, wire::Page<RawItem>)>,
    current: Option<Current>,
    item: PhantomData<fn() -> T>,
}

type Fetched = (u32, Result<Answer<wire::Page<RawItem>>, Error>);

/// What a segmented scan reads, and where its segments stand.
pub(crate) struct Source {
    pub(crate) db: Db,
    pub(crate) plan: Arc<Plan>,
    /// What its checkpoints are bound to.
    pub(crate) fingerprint: QueryFingerprint,
    /// Where each segment stands, not counting the page that is handed out.
    pub(crate) places: Vec<Place>,
    pub(crate) pace: Option<Pace>,
    /// The table whose keys tell where a segment stands.
    pub(crate) definition: &'static TableDefinition,
}

/// The page that is handed out.
struct Current {
    segment: u32,
    /// Read one by one as they are handed out: the place of the segment is the key that an item is stored under, which
    /// another program may have written otherwise than its fields say.
    items: VecDeque<RawItem>,
    /// The last item that was handed out.
    handed_out: Option<RawItem>,
    /// Where the segment stands when all of the page was handed out.
    end: Place,
}

impl<T: ReadItem> SegmentStream<T> {
    pub(crate) fn new(source: Result<Source, Error>) -> Self {
        let mut stream = Self {
            source: None,
            failure: None,
            waiting: VecDeque::new(),
            fetching: FuturesUnordered::new(),
            pages: VecDeque::new(),
            current: None,
            item: PhantomData,
        };
        match source {
            Ok(source) => {
                for (segment, place) in (0..).zip(&source.places) {
                    match place {
                        Place::Begin => stream.waiting.push_back((segment, None)),
                        Place::After(key) => stream.waiting.push_back((segment, Some(key.clone()))),
                        Place::End => {}
                    }
                }
                stream.source = Some(source);
            }
            Err(error) => stream.failure = Some(error),
        }
        stream
    }

    /// The next item; `None` at the end.
    ///
    /// # Errors
    /// As those of a page; after one the stream ends.
    pub async fn try_next(&mut self) -> Result<Option<T>, Error> {
        stream::try_next(self).await
    }

    /// All items that are left, in memory.
    ///
    /// # Errors
    /// As those of a page, or [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) once there are more than `limit`.
    pub async fn collect_up_to(self, limit: usize) -> Result<Vec<T>, Error> {
        stream::collect_up_to(self, limit).await
    }

    /// Where all segments stand, for [`ScanSegments::resume`](crate::verb::ScanSegments::resume): after what was handed
    /// out, also when an error ended the stream. `None` if the scan could not be sent.
    ///
    /// It is exact: no item is left out, and none that was handed out is read again. Take it after what was handed out has
    /// been dealt with. A finished segment is not read again.
    ///
    /// Its length grows with the number of segments: a key each.
    pub fn checkpoint(&self) -> Option<Cursor> {
        let source = self.source.as_ref()?;
        let current = self
            .current
            .as_ref()
            .and_then(|current| Some((current.segment, current.place(source.definition)?)));
        let places = (0..).zip(&source.places).map(|(segment, place)| match &current {
            Some((of, current)) if *of == segment => current,
            _ => place,
        });
        Some(source.db.cursor(source.fingerprint, &checkpoint::encode(places)))
    }

    /// Begins the requests that may go.
    fn begin_fetches(&mut self, context: &mut Context<'_>) {
        let Some(source) = &mut self.source else { return };
        while !self.waiting.is_empty() {
            if source.pace.as_mut().is_some_and(|pace| pace.poll_charge(context).is_pending()) {
                return;
            }
            if let Some((segment, start_key)) = self.waiting.pop_front() {
                self.fetching.push(source.fetch(segment, start_key));
            }
        }
    }

    /// Hands out the next item of the page that is handed out; `None` if there is none.
    fn pop_item(&mut self) -> Option<Result<T, Error>> {
        let (source, current) = (self.source.as_mut()?, self.current.as_mut()?);
        let Some(item) = current.items.pop_front() else {
            let current = self.current.take()?;
            if let Some(place) = source.place_of(current.segment) {
                *place = current.end;
            }
            return None;
        };
        match item.decode() {
            Ok(read) => {
                current.handed_out = Some(item);
                Some(Ok(read))
            }
            Err(error) => {
                // It was not handed out.
                current.items.push_front(item);
                Some(Err(error.during(Operation::Scan, &source.plan.table)))
            }
        }
    }

    /// Begins to hand out a page, and lets the next one of its segment be asked for.
    fn begin_page(&mut self, segment: u32, page: wire::Page<RawItem>) {
        let end = match page.last_key {
            Some(key) => {
                self.waiting.push_back((segment, Some(key.clone())));
                Place::After(key)
            }
            None => Place::End,
        };
        self.current = Some(Current { segment, items: page.items.into(), handed_out: None, end });
    }

    /// Ends the stream.
    fn fail(&mut self, error: Error) -> Poll<Option<Result<T, Error>>> {
        self.waiting.clear();
        self.fetching.clear();
        self.pages.clear();
        if let (Some(current), Some(source)) = (&self.current, &mut self.source)
            && let Some(place) = current.place(source.definition)
            && let Some(stored) = source.place_of(current.segment)
        {
            // What is left of the page is dropped, not handed out.
            *stored = place;
        }
        self.current = None;
        Poll::Ready(Some(Err(error)))
    }
}

impl Source {
    fn fetch(&self, segment: u32, start_key: Option<Bytes>) -> BoxFuture<'static, Fetched> {
        let (db, plan) = (self.db.clone(), Arc::clone(&self.plan));
        let of = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        Box::pin(async move {
            let plan = plan.of_segment(Segment { number: segment, of });
            (segment, plan.fetch(&db, start_key, None, usize::MAX).await)
        })
    }

    fn place_of(&mut self, segment: u32) -> Option<&mut Place> {
        self.places.get_mut(usize::try_from(segment).ok()?)
    }
}

impl Current {
    /// Where the segment stands; `None` if that is still where it stood before the page.
    fn place(&self, definition: &TableDefinition) -> Option<Place> {
        if self.items.is_empty() {
            return Some(self.end.clone());
        }
        stored_key(self.handed_out.as_ref()?, definition).ok().map(|key| Place::After(key.into()))
    }
}

impl<T> Unpin for SegmentStream<T> {}

impl<T: ReadItem> Stream for SegmentStream<T> {
    type Item = Result<T, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(error) = this.failure.take() {
            return Poll::Ready(Some(Err(error)));
        }
        loop {
            this.begin_fetches(context);
            // Polled even while items are left: that is what fetches ahead.
            match this.fetching.poll_next_unpin(context) {
                Poll::Ready(Some((segment, Ok(answer)))) => {
                    if let Some(pace) = this.source.as_mut().and_then(|source| source.pace.as_mut()) {
                        pace.settle(answer.consumed_capacity);
                    }
                    this.pages.push_back((segment, answer.value));
                    continue;
                }
                Poll::Ready(Some((_, Err(error)))) => return this.fail(error),
                Poll::Ready(None) | Poll::Pending => {}
            }
            match this.pop_item() {
                Some(Ok(item)) => return Poll::Ready(Some(Ok(item))),
                Some(Err(error)) => return this.fail(error),
                None => {}
            }
            match this.pages.pop_front() {
                Some((segment, page)) => this.begin_page(segment, page),
                None if this.fetching.is_empty() && this.waiting.is_empty() => return Poll::Ready(None),
                None => return Poll::Pending,
            }
        }
    }
}

impl<T> fmt::Debug for SegmentStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SegmentStream").field("pages", &self.pages.len()).finish_non_exhaustive()
    }
}
