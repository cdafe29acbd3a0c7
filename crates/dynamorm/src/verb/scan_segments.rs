use dynamorm_core::{
    Error, ErrorKind,
    limits::{MAX_ITEM_BYTES, MAX_PAGE_BYTES},
    model::{Model, ReadItem},
    transport::Operation,
    wire::scan::Segment,
};

use super::scan::{Scan, check_segment};
use crate::{
    Cursor, Explanation, SegmentStream,
    checkpoint::{self, Place},
    cursor::{MAX_CURSOR_CHARACTERS, refused},
    pace::Pace,
    paging::{Plan, with_needed},
    segment_stream::Source,
};

impl<M: Model, T: ReadItem> Scan<M, T> {
    /// Reads the whole table in `segments` parts at once (1 to 1,000,000), as one stream that can be resumed.
    pub fn segments(self, segments: u32) -> ScanSegments<M, T> {
        ScanSegments { scan: self, segments, checkpoint: None, units_per_second: None }
    }
}

/// Reads a whole table in segments at once: what [`Scan::segments`] returns.
///
/// ```no_run
/// # use dynamorm::prelude::*;
/// # #[derive(Model)]
/// # #[dynamorm(table = "notes", key(partition = id))]
/// # struct Note { id: String }
/// # async fn example(db: Db, checkpoint: Option<Cursor>) -> Result<(), dynamorm::Error> {
/// let scan = db.scan::<Note>().segments(8).capacity_per_second(200.0).resume(checkpoint);
/// let mut notes = scan.stream();
/// while let Some(note) = notes.try_next().await? {
///     // …
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent until it is ended by `stream` and polled"]
pub struct ScanSegments<M, T = M> {
    scan: Scan<M, T>,
    segments: u32,
    checkpoint: Option<Cursor>,
    units_per_second: Option<f64>,
}

builder_debug!([M, T] ScanSegments<M, T>);

impl<M: Model, T: ReadItem> ScanSegments<M, T> {
    /// Goes on where a stream stood: takes its [`checkpoint`](SegmentStream::checkpoint).
    ///
    /// It is bound to the table, the filter and the number of segments, and refused by a scan of others
    /// ([`ErrorKind::Cursor`]).
    pub fn resume(mut self, checkpoint: impl Into<Option<Cursor>>) -> Self {
        self.checkpoint = checkpoint.into();
        self
    }

    /// Consumes at most so many capacity units a second, all segments together, and never more than one page ahead of it.
    ///
    /// A request goes when those before it are paid for: at the most that a page costs, 1 MB (256 units consistent, 128
    /// otherwise), until it has said what it cost. Where the engine does not say, it is held to have cost the most. Units
    /// that were left unused are not saved up. It needs tokio's clock.
    pub fn capacity_per_second(mut self, units: f64) -> Self {
        self.units_per_second = Some(units);
        self
    }

    /// All matches of all segments as they come, each segment's next page fetched ahead. For what it holds in memory,
    /// see [`SegmentStream`].
    pub fn stream(self) -> SegmentStream<T> {
        SegmentStream::new(self.source())
    }

    /// The exact request for the first page of the first segment, without sending it.
    ///
    /// # Errors
    /// When a value has no form in DynamoDB, the number of segments or the capacity is none that a scan takes, or the
    /// checkpoint is not one of this scan.
    pub fn explain(&self) -> Result<Explanation, Error> {
        let source = self.source()?;
        let plan = source.plan.of_segment(Segment { number: 0, of: self.segments });
        let start_key = match source.places.first() {
            Some(Place::After(key)) => Some(&key[..]),
            Some(Place::Begin | Place::End) | None => None,
        };
        Ok(plan.call(&source.db, start_key, None).explain())
    }

    fn source(&self) -> Result<Source, Error> {
        let mut plan = self.scan.plan(false)?;
        // Where a segment stands is told by the key of the last item.
        plan.attributes = with_needed(T::ATTRIBUTES, Some(M::TABLE), None);
        let during = |error: Error| error.during(Operation::Scan, &plan.table);
        let fingerprint = plan.fingerprint.with("segments", 0, self.segments);
        check_segment(Segment { number: 0, of: self.segments }).map_err(during)?;
        if self.scan.is_partial() {
            let message = "a scan in segments reads the whole table; leave `after` and `segment` out, and go on by `resume`";
            return Err(during(Error::new(ErrorKind::Validation, message)));
        }
        let pace = self.units_per_second.map(|units| pace(&plan, units)).transpose().map_err(during)?;
        let db = self.scan.db().clone();
        let places = match &self.checkpoint {
            None => (0..self.segments).map(|_| Place::Begin).collect(),
            Some(checkpoint) => {
                let segments = usize::try_from(self.segments).unwrap_or(usize::MAX);
                let max_characters = segments.saturating_mul(MAX_CURSOR_CHARACTERS);
                db.place(fingerprint, checkpoint, max_characters)
                    .and_then(|bytes| checkpoint::decode(&bytes, self.segments).ok_or_else(refused))
                    .map_err(during)?
            }
        };
        Ok(Source { db, fingerprint, places, pace, definition: M::TABLE, plan: plan.into() })
    }
}

/// A strongly consistent read of so many bytes costs one unit; an eventually consistent one half of it.
///
/// Source: [read and write capacity](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html).
const BYTES_OF_A_UNIT: usize = 4096;

fn pace(plan: &Plan, units_per_second: f64) -> Result<Pace, Error> {
    if !units_per_second.is_finite() || units_per_second <= 0.0 {
        let message = format!("{units_per_second} capacity units a second; a scan needs more than 0");
        return Err(Error::new(ErrorKind::Validation, message));
    }
    let units = |bytes: usize| u32::try_from(bytes / BYTES_OF_A_UNIT).map_or(f64::INFINITY, f64::from);
    let page = units(MAX_PAGE_BYTES);
    let of_items = plan.page_size.map_or(page, |items| f64::from(items) * units(MAX_ITEM_BYTES));
    let consistent = page.min(of_items);
    Ok(Pace::new(units_per_second, if plan.is_consistent { consistent } else { consistent / 2.0 }))
}
