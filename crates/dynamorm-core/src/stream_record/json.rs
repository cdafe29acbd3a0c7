//! The JSON of stream records: [`Record`] of DynamoDB Streams and the event of AWS Lambda, which differ in the case of
//! `userIdentity`'s members alone.
//!
//! [`Record`]: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html

use super::{change::ChangeKind, record::StreamRecord};
use crate::{
    Error, Timestamp,
    codec::{DecodeError, Reader},
    model::{RawItem, ReadItem, StreamView},
};

/// DynamoDB's digits are 21 to 40; a longer text is none of its.
const MAX_SEQUENCE_NUMBER_DIGITS: usize = 40;

/// The service that deletes what has expired.
const TTL_TYPE: &str = "Service";
const TTL_PRINCIPAL: &str = "dynamodb.amazonaws.com";

impl StreamRecord {
    /// Reads one record.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not one.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(json)?;
        let record = reader.raw()?;
        reader.finish()?;
        let record = read_record(record);
        record.check()?;
        Ok(record)
    }

    /// Reads the records of a Lambda event, or of the answer to `GetRecords`: `{"Records":[…]}`.
    ///
    /// Each stands for itself: one that is not whole says so by [`check`](Self::check) and [`change`](Self::change),
    /// and does not hide the others.
    ///
    /// # Errors
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) when it is not JSON or has no `Records`.
    pub fn all_from_json(json: &[u8]) -> Result<Vec<Self>, Error> {
        Ok(read_records(json)?)
    }
}

/// Reads `{"Records":[…]}`.
fn read_records(json: &[u8]) -> Result<Vec<StreamRecord>, DecodeError> {
    let mut records = None;
    let mut reader = Reader::new(json)?;
    reader.object(|reader, member| {
        if member != "Records" {
            return reader.skip();
        }
        let records = records.insert(Vec::new());
        reader.array(|reader, _| {
            records.push(read_record(reader.raw()?));
            Ok(())
        })
    })?;
    reader.finish()?;
    records.ok_or_else(|| DecodeError::new("missing member").in_attribute("Records"))
}

/// Reads one record, as far as it can be read.
fn read_record(json: &str) -> StreamRecord {
    let mut record = StreamRecord::default();
    let mut is_change = false;
    members(json, &mut record, &["eventID", "eventSourceARN"], |record, member, value| {
        match member {
            "eventName" => {
                let kind = ChangeKind::named(&value.text()?);
                record.kind =
                    Some(kind.ok_or_else(|| DecodeError::new("expected `INSERT`, `MODIFY` or `REMOVE`"))?);
            }
            "eventID" => record.event_id = Some(value.text()?.into_owned()),
            "eventSourceARN" => record.source_arn = Some(value.text()?.into_owned()),
            "userIdentity" => record.is_by_ttl = is_ttl(value)?,
            "dynamodb" => {
                is_change = true;
                read_change(value.raw()?, record);
            }
            _ => value.skip()?,
        }
        Ok(())
    });
    if !is_change {
        keep(&mut record, DecodeError::new("missing member").in_attribute("dynamodb"), true);
    } else if record.kind.is_none() {
        keep(&mut record, DecodeError::new("missing member").in_attribute("eventName"), true);
    } else if record.sequence_number.is_none() {
        keep(&mut record, DecodeError::new("missing member").in_attribute("SequenceNumber"), true);
    }
    record
}

/// Reads the member `dynamodb`.
fn read_change(json: &str, record: &mut StreamRecord) {
    members(json, record, &["ApproximateCreationDateTime", "StreamViewType"], |record, member, value| {
        match member {
            "SequenceNumber" => record.sequence_number = Some(sequence_number(value)?),
            "ApproximateCreationDateTime" => record.created_at = Some(instant(value.json_number()?)?),
            "StreamViewType" => record.view = StreamView::named(&value.text()?),
            "Keys" => record.keys = image(value)?,
            "NewImage" => record.new_image = image(value)?,
            "OldImage" => record.old_image = image(value)?,
            _ => value.skip()?,
        }
        Ok(())
    });
}

/// Hands out the members of an object that are not null. One that cannot be read is kept as the record's flaw, and does
/// not end the reading; it is a grave one unless the member is one of `details`.
fn members(
    json: &str,
    record: &mut StreamRecord,
    details: &[&str],
    mut each: impl FnMut(&mut StreamRecord, &str, &mut Reader<'_>) -> Result<(), DecodeError>,
) {
    let read = Reader::from_text(json).object(|reader, member| {
        let value = reader.raw()?;
        if value != "null"
            && let Err(error) = each(record, &member, &mut Reader::from_text(value))
        {
            let is_grave = !details.contains(&&*member);
            keep(record, error.in_attribute(member.into_owned()), is_grave);
        }
        Ok(())
    });
    if let Err(error) = read {
        keep(record, error, true);
    }
}

/// Keeps the first flaw, and the first grave one.
#[cold]
fn keep(record: &mut StreamRecord, flaw: DecodeError, is_grave: bool) {
    if is_grave {
        record.grave_flaw.get_or_insert_with(|| flaw.clone());
    }
    record.flaw.get_or_insert(flaw);
}

fn sequence_number(reader: &mut Reader<'_>) -> Result<String, DecodeError> {
    let text = reader.text()?;
    let is_number = (1..=MAX_SEQUENCE_NUMBER_DIGITS).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number {
        Ok(text.into_owned())
    } else {
        Err(DecodeError::new("expected a number of 40 digits at most"))
    }
}

/// Seconds since 1970, in whatever form JSON has for them: `1479499740`, `1.47949974E9`.
fn instant(seconds: &str) -> Result<Timestamp, DecodeError> {
    let seconds: f64 = seconds.parse().map_err(|_| DecodeError::new("expected a number of seconds"))?;
    // It is approximate to begin with, and a double holds no more than microseconds of a present instant.
    let millis = (seconds * 1_000.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "what is too large becomes the largest, which is refused"
    )]
    let millis = millis as i64;
    Ok(Timestamp::from_unix_millis(millis)?)
}

/// An item; one without attributes stands for none, since every item has a key.
fn image(reader: &mut Reader<'_>) -> Result<Option<RawItem>, DecodeError> {
    let item = RawItem::decode_item(reader)?;
    let mut is_empty = true;
    Reader::from_text(item.as_json()).item(|reader, _| {
        is_empty = false;
        reader.skip()
    })?;
    Ok((!is_empty).then_some(item))
}

/// Whether the identity is that of the service that deletes what has expired.
fn is_ttl(reader: &mut Reader<'_>) -> Result<bool, DecodeError> {
    let (mut is_service, mut is_dynamodb) = (false, false);
    reader.object(|reader, member| {
        let value = reader.raw()?;
        let mut text = Reader::from_text(value);
        match &*member {
            _ if value == "null" => {}
            "type" | "Type" => is_service = text.text()? == TTL_TYPE,
            "principalId" | "PrincipalId" => is_dynamodb = text.text()? == TTL_PRINCIPAL,
            _ => {}
        }
        Ok(())
    })?;
    Ok(is_service && is_dynamodb)
}
