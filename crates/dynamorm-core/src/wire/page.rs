use bytes::Bytes;

use super::{Answer, envelope};
use crate::{
    codec::DecodeError,
    model::{ReadItem, TableDefinition},
};

/// One page of a query or a scan.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The items that matched; empty when only their number was asked for.
    pub items: Vec<M>,
    /// How many items matched.
    pub count: u64,
    /// How many items were read.
    pub scanned: u64,
    /// The key after which the next page begins, as JSON; `None` on the last page.
    pub last_key: Option<Bytes>,
}

/// Reads a page; items whose key is not of the form of `keeps_to`'s are passed over and do not count as matches.
///
/// # Errors
/// When the response is not DynamoDB's, or an item not a `T`: an item that cannot be read is never left out.
pub(super) fn read<T: ReadItem>(
    body: &[u8],
    keeps_to: Option<&'static TableDefinition>,
) -> Result<Answer<Page<T>>, DecodeError> {
    let mut page = Page { items: Vec::new(), count: 0, scanned: 0, last_key: None };
    let mut passed_over = 0;
    let answer = envelope::read(body, |reader, member| {
        match &*member {
            "Items" => reader.array(|reader, index| {
                let located = |error: DecodeError| error.at_index(index).in_attribute("Items");
                let item = match keeps_to {
                    Some(table) => T::decode_kept(reader, table),
                    None => T::decode_known(reader),
                };
                let item = item.map_err(located)?;
                passed_over += u64::from(item.is_none() && keeps_to.is_some());
                page.items.extend(item);
                Ok(())
            })?,
            "Count" => {
                page.count = number(reader.json_number()?)?;
                // DynamoDB sends the count before the items.
                page.items.reserve(usize::try_from(page.count).unwrap_or_default().min(MAX_RESERVED_ITEMS));
            }
            "ScannedCount" => page.scanned = number(reader.json_number()?)?,
            "LastEvaluatedKey" => {
                page.last_key =
                    Some(Bytes::copy_from_slice(reader.raw()?.as_bytes())).filter(|key| key.len() > 2);
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    page.count = page.count.saturating_sub(passed_over);
    Ok(Answer::new(page, answer.consumed_capacity))
}

/// A count on the wire is not trusted with more memory than this before the items are seen.
const MAX_RESERVED_ITEMS: usize = 1024;

fn number(text: &str) -> Result<u64, DecodeError> {
    text.parse().map_err(|_| DecodeError::new("a count is not a whole number"))
}
