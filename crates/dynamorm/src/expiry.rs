//! Expired items count as absent in every read and every condition, although DynamoDB deletes them later.

use dynamorm_core::{
    Attribute, Timestamp,
    codec::{DecodeError, EpochSeconds, Reader},
    expression::Placeholders,
    model::{Model, RawItem, ReadItem},
};

/// Appends the condition that the item is there and has not expired.
pub(crate) fn push_present<M: Model>(out: &mut String, placeholders: &mut Placeholders, now: Timestamp) {
    out.push_str("attribute_exists(");
    placeholders.push_name(out, M::TABLE.primary_key.partition.name);
    out.push(')');
    if M::TABLE.ttl.is_some() {
        out.push_str(" AND ");
        push_alive::<M>(out, placeholders, now);
    }
}

/// Appends the condition that the item has not expired; nothing for a model without `ttl`.
pub(crate) fn push_alive<M: Model>(out: &mut String, placeholders: &mut Placeholders, now: Timestamp) {
    if let Some(ttl) = M::TABLE.ttl {
        push_unexpired(out, placeholders, ttl, now);
    }
}

/// Appends the condition that the item whose TTL attribute is `ttl` has not expired: also one that lacks the attribute, or
/// has something else under its name than a number, as an item of another model may.
pub(crate) fn push_unexpired(
    out: &mut String,
    placeholders: &mut Placeholders,
    ttl: &'static str,
    now: Timestamp,
) {
    out.push_str("NOT ");
    push_expired(out, placeholders, ttl, now);
}

/// Appends the condition that the item is absent or has expired.
pub(crate) fn push_absent<M: Model>(out: &mut String, placeholders: &mut Placeholders, now: Timestamp) {
    push_never_written::<M>(out, placeholders);
    if let Some(ttl) = M::TABLE.ttl {
        out.push_str(" OR ");
        push_expired(out, placeholders, ttl, now);
    }
}

/// Appends the condition that nothing is stored, not even an item that has expired.
pub(crate) fn push_never_written<M: Model>(out: &mut String, placeholders: &mut Placeholders) {
    out.push_str("attribute_not_exists(");
    placeholders.push_name(out, M::TABLE.primary_key.partition.name);
    out.push(')');
}

/// Appends that the item has expired, and `OR`; nothing for a model without `ttl`.
pub(crate) fn push_expired_or<M: Model>(out: &mut String, placeholders: &mut Placeholders, now: Timestamp) {
    let Some(ttl) = M::TABLE.ttl else { return };
    push_expired(out, placeholders, ttl, now);
    out.push_str(" OR ");
}

fn push_expired(out: &mut String, placeholders: &mut Placeholders, ttl: &'static str, now: Timestamp) {
    placeholders.push_name(out, ttl);
    out.push_str(" <= ");
    placeholders.push_value(out, |writer| EpochSeconds::from(now).encode(writer));
}

/// Whether an item that was read is there: it has not expired.
pub(crate) fn is_alive<T: ReadItem>(item: &T, now: Timestamp) -> bool {
    item.expires_at().is_none_or(|at| EpochSeconds::from(at) > EpochSeconds::from(now))
}

/// Whether an item of which only some attributes were read is there, by its attribute `ttl`. One that is no instant lets
/// nothing expire.
pub(crate) fn is_alive_by(item: &RawItem, ttl: &str, now: Timestamp) -> bool {
    let at = item.attribute::<EpochSeconds>(ttl).unwrap_or_default();
    at.is_none_or(|at| at > EpochSeconds::from(now))
}

/// Reads an item of which only some attributes were read; `None` if it has expired by its attribute `ttl`, which may be none
/// of those that a `T` has.
pub(crate) fn read_alive<T: ReadItem>(
    item: &RawItem,
    ttl: &str,
    now: Timestamp,
) -> Result<Option<T>, DecodeError> {
    if is_alive_by(item, ttl, now) {
        T::decode_item(&mut Reader::from_text(item.as_json())).map(Some)
    } else {
        Ok(None)
    }
}
