use std::collections::HashMap;

use dynoxide::{
    Database,
    actions::execute_statement::{ExecuteStatementRequest, ExecuteStatementResponse},
    types::{CapacityDetail, ConsumedCapacity},
};

use crate::page_limits::PAGE_LIMIT;

/// How much a statement without a `Limit` reads for one page:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html>.
const PAGE_BYTES: f64 = (1 << 20) as f64;

/// How many items are read before their size is known: 26 MB of items of 400 KB.
const FIRST_ITEMS: usize = 64;

/// What one read capacity unit reads, consistently; eventually consistent reads get twice as much for it.
const UNIT_BYTES: f64 = 4096.0;

/// Runs a statement, and ends a page that has no `Limit` at 1 MB, as DynamoDB does.
///
/// The engine itself would load, and answer, all of the partition or table at once. It is therefore asked for a few
/// items, and then for as many as the first ones say that a page has room for. What was read, filtered out or not, is
/// known from the capacity that it cost. Two or three calls of the engine make a full page; a statement that writes
/// is one.
pub(crate) fn read(
    database: &Database,
    mut request: ExecuteStatementRequest,
) -> dynoxide::Result<ExecuteStatementResponse> {
    if request.limit.is_some() {
        return database.execute_statement(request);
    }
    let wants_capacity = request.return_consumed_capacity.as_deref().is_some_and(|wanted| wanted != "NONE");
    if !wants_capacity {
        request.return_consumed_capacity = Some("TOTAL".to_owned());
    }
    let is_consistent = request.consistent_read.unwrap_or(false);
    let unit_bytes = if is_consistent { UNIT_BYTES } else { 2.0 * UNIT_BYTES };

    let mut page = ExecuteStatementResponse::default();
    let (mut items, mut limit) = (0, FIRST_ITEMS);
    loop {
        let read = database.execute_statement(with_limit(&request, limit))?;
        items += limit;
        append(&mut page, read);
        let bytes = page
            .consumed_capacity
            .as_ref()
            .map_or(PAGE_BYTES, |capacity| capacity.capacity_units * unit_bytes);
        if page.next_token.is_none() || bytes >= PAGE_BYTES {
            break;
        }
        request.next_token.clone_from(&page.next_token);
        limit = fitting(items, bytes);
    }
    if !wants_capacity {
        page.consumed_capacity = None;
    }
    Ok(page)
}

/// How many more items a page has room for when so many `items` had so many `bytes`: one at least.
fn fitting(items: usize, bytes: f64) -> usize {
    let bytes = bytes.max(1.0);
    let share = (PAGE_BYTES - bytes) / bytes;
    // A cast of a float ends at the type's bounds.
    ((share * items as f64).ceil() as usize).clamp(1, PAGE_LIMIT)
}

fn with_limit(request: &ExecuteStatementRequest, limit: usize) -> ExecuteStatementRequest {
    ExecuteStatementRequest {
        statement: request.statement.clone(),
        parameters: request.parameters.clone(),
        limit: Some(limit),
        next_token: request.next_token.clone(),
        consistent_read: request.consistent_read,
        return_consumed_capacity: request.return_consumed_capacity.clone(),
        return_values_on_condition_check_failure: request.return_values_on_condition_check_failure.clone(),
    }
}

fn append(page: &mut ExecuteStatementResponse, read: ExecuteStatementResponse) {
    match (&mut page.items, read.items) {
        (Some(items), Some(more)) => items.extend(more),
        (items, more) => *items = items.take().or(more),
    }
    match (&mut page.consumed_capacity, read.consumed_capacity) {
        (Some(capacity), Some(more)) => add(capacity, more),
        (capacity, more) => *capacity = capacity.take().or(more),
    }
    page.next_token = read.next_token;
}

/// Adds what a further read of the same statement cost; a read has no more parts than these.
fn add(capacity: &mut ConsumedCapacity, more: ConsumedCapacity) {
    capacity.capacity_units += more.capacity_units;
    add_units(&mut capacity.read_capacity_units, more.read_capacity_units);
    add_detail(&mut capacity.table, more.table);
    add_details(&mut capacity.global_secondary_indexes, more.global_secondary_indexes);
    add_details(&mut capacity.local_secondary_indexes, more.local_secondary_indexes);
}

fn add_details(
    details: &mut Option<HashMap<String, CapacityDetail>>,
    more: Option<HashMap<String, CapacityDetail>>,
) {
    for (index, more) in more.into_iter().flatten() {
        let detail = details.get_or_insert_default().entry(index).or_default();
        detail.capacity_units += more.capacity_units;
        add_units(&mut detail.read_capacity_units, more.read_capacity_units);
    }
}

fn add_detail(detail: &mut Option<CapacityDetail>, more: Option<CapacityDetail>) {
    if let Some(more) = more {
        let detail = detail.get_or_insert_default();
        detail.capacity_units += more.capacity_units;
        add_units(&mut detail.read_capacity_units, more.read_capacity_units);
    }
}

fn add_units(units: &mut Option<f64>, more: Option<f64>) {
    if let Some(more) = more {
        *units.get_or_insert_default() += more;
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE_BYTES, PAGE_LIMIT, fitting};

    #[test]
    fn has_room_for_as_many_items_as_their_size_lets() {
        let kilobyte = 1024.0;

        assert_eq!(fitting(64, 64.0 * kilobyte), 960);
        assert_eq!(fitting(64, PAGE_BYTES - 1.0), 1);
        assert_eq!(fitting(64, 1.0), PAGE_LIMIT);
        assert_eq!(fitting(64, 0.0), PAGE_LIMIT);
    }
}
