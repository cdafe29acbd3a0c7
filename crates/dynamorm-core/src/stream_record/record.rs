use super::change::{Change, ChangeKind, StreamItem};
use crate::{
    Error, ErrorKind, Timestamp,
    codec::{DecodeError, Reader, Writer},
    model::{RawItem, StreamView},
};

/// One change of one item: a record of a table's stream, its images not read yet.
///
/// It is read from what [`GetRecords`] answers, or from the event that AWS Lambda calls a function with; both say the
/// same. Which images a record holds is the [`StreamView`] of the table's stream: [`change`](Self::change) needs
/// `NEW_AND_OLD_IMAGES`; with another view, read what there is by [`new_image`](Self::new_image),
/// [`old_image`](Self::old_image) and [`keys`](Self::keys).
///
/// Records of one item come in the order of its changes, and each at least once: Lambda repeats a batch of which a
/// part failed.
///
/// [`GetRecords`]: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html
#[derive(Clone, Debug, Default)]
pub struct StreamRecord {
    pub(super) kind: Option<ChangeKind>,
    pub(super) event_id: Option<String>,
    pub(super) sequence_number: Option<String>,
    pub(super) created_at: Option<Timestamp>,
    pub(super) view: Option<StreamView>,
    pub(super) source_arn: Option<String>,
    pub(super) is_by_ttl: bool,
    pub(super) keys: Option<RawItem>,
    pub(super) new_image: Option<RawItem>,
    pub(super) old_image: Option<RawItem>,
    /// What of the record cannot be read. What can be is there all the same: its sequence number above all.
    pub(super) flaw: Option<DecodeError>,
    /// What of it cannot be read that a change is made of.
    pub(super) grave_flaw: Option<DecodeError>,
}

impl StreamRecord {
    /// What happened; `None` if the record does not say it.
    pub fn kind(&self) -> Option<ChangeKind> {
        self.kind
    }

    /// The record's place in its shard, a number of 21 to 40 digits: what Lambda's `batchItemFailures` names, and where
    /// a reader of the stream goes on.
    pub fn sequence_number(&self) -> Option<&str> {
        self.sequence_number.as_deref()
    }

    /// The change's own id, the same whenever its record is read: by it a repeated one is known.
    pub fn event_id(&self) -> Option<&str> {
        self.event_id.as_deref()
    }

    /// When it happened, as DynamoDB says approximately.
    pub fn created_at(&self) -> Option<Timestamp> {
        self.created_at
    }

    /// Which images the records of the stream hold.
    pub fn view(&self) -> Option<StreamView> {
        self.view
    }

    /// The table's name, as it stands in the stream's ARN. Lambda's events name it, the answers to `GetRecords` do not.
    pub fn table(&self) -> Option<&str> {
        let (_, resource) = self.source_arn.as_deref()?.split_once(":table/")?;
        resource.split('/').next()
    }

    /// Whether DynamoDB deleted the item because it had expired.
    ///
    /// In the replicas of a global table such a deletion looks like any other one. An item that had expired and was written
    /// over before DynamoDB deleted it is not removed, but modified.
    ///
    /// [TTL and streams](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html)
    pub fn is_removed_by_ttl(&self) -> bool {
        self.is_by_ttl && self.kind == Some(ChangeKind::Remove)
    }

    /// The item's primary key.
    pub fn keys(&self) -> Option<&RawItem> {
        self.keys.as_ref()
    }

    /// The item after the change; `None` if there was none, or the view leaves it out.
    pub fn new_image(&self) -> Option<&RawItem> {
        self.new_image.as_ref()
    }

    /// The item before the change; `None` if there was none, or the view leaves it out.
    pub fn old_image(&self) -> Option<&RawItem> {
        self.old_image.as_ref()
    }

    /// Says what of the record could not be read.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when something could not.
    pub fn check(&self) -> Result<(), Error> {
        self.flaw.clone().map_or(Ok(()), |flaw| Err(self.located(flaw)))
    }

    /// The change of an item of `T`, a model or a collection.
    ///
    /// `None` says that it is no item of `T`: of a model, that its key is not of the form of the model's
    /// templates, so that a stream of a table with several models can be read as one of them; of a collection, that it
    /// skips what it does not know. A model whose keys are fields takes every item as its own. The table's name
    /// is not looked at; see [`table`](Self::table).
    ///
    /// # Errors
    /// [`ErrorKind::Decode`] when what a change is made of cannot be read (what else of the record cannot is told by
    /// [`check`](Self::check) alone), an image is missing that the stream's view leaves out, an
    /// image is not an item of `T` although its key says so, or the collection refuses what it does not know. The
    /// message names the record by its sequence number.
    pub fn change<T: StreamItem>(&self) -> Result<Option<Change<T>>, Error> {
        if let Some(flaw) = &self.grave_flaw {
            return Err(self.located(flaw.clone()));
        }
        if let Some(keys) = &self.keys
            && !T::knows_key(&Reader::from_text(keys.as_json())).map_err(|flaw| self.located(flaw))?
        {
            return Ok(None);
        }
        let new = || self.image::<T>(self.new_image.as_ref(), "NewImage");
        let old = || self.image::<T>(self.old_image.as_ref(), "OldImage");
        Ok(match self.kind {
            Some(ChangeKind::Insert) => new()?.map(|new| Change::Insert { new }),
            Some(ChangeKind::Remove) => old()?.map(|old| Change::Remove { old }),
            Some(ChangeKind::Modify) => match (old()?, new()?) {
                (Some(old), Some(new)) => Some(Change::Modify { old, new }),
                // Both images have one key, so that both or none are known.
                _ => None,
            },
            None => return Err(self.located(DecodeError::new("missing member").in_attribute("eventName"))),
        })
    }

    /// What a Lambda function answers so that the batch is repeated from the first of these records on:
    /// `{"batchItemFailures":[{"itemIdentifier":"…"}]}`; of none, that all were handled.
    ///
    /// A record without a sequence number stands as an empty one, by which Lambda repeats the whole batch.
    ///
    /// [Partial batch responses](https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html)
    pub fn batch_item_failures<'a>(failed: impl IntoIterator<Item = &'a Self>) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.raw("{\"batchItemFailures\":[");
        for (index, record) in failed.into_iter().enumerate() {
            writer.raw(if index == 0 { "{\"itemIdentifier\":" } else { ",{\"itemIdentifier\":" });
            writer.text(record.sequence_number().unwrap_or_default());
            writer.raw("}");
        }
        writer.raw("]}");
        writer.into_vec()
    }

    fn image<T: StreamItem>(&self, image: Option<&RawItem>, name: &'static str) -> Result<Option<T>, Error> {
        let Some(image) = image else {
            let view = match self.view {
                Some(view) => format!("the stream's view is `{view}`"),
                None => "the record does not say its stream's view".to_owned(),
            };
            let reason = format!("missing; {view}, and a change needs `NEW_AND_OLD_IMAGES`");
            return Err(self.located(DecodeError::new(reason).in_attribute(name)));
        };
        T::decode_image(&mut Reader::from_text(image.as_json()))
            .map_err(|error| self.located(error.in_attribute(name)))
    }

    #[cold]
    fn located(&self, error: DecodeError) -> Error {
        let message = match &self.sequence_number {
            Some(number) => format!("stream record `{number}`: {error}"),
            None => format!("stream record without a sequence number: {error}"),
        };
        Error::from(error).recast(ErrorKind::Decode, message)
    }
}
