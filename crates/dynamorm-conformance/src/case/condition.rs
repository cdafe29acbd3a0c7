//! Conditions and filters decide as a reference evaluator does, over items that meet every combination.

use dynamorm::{Error, Tag, prelude::*};

use crate::{
    model::{Ticket, texts},
    refusal::{refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    comparators_agree_with_rust,
    comparators_order_numbers_as_numbers,
    comparators_order_texts_by_bytes,
    comparators_compare_two_paths,
    an_absent_attribute_is_unequal_and_has_no_order,
    none_stands_for_an_absent_attribute,
    an_order_of_none_is_refused,
    between_includes_both_ends,
    between_refuses_a_range_that_ends_before_it_begins needs ReversedRangeRefused,
    one_of_holds_for_each_operand,
    one_of_nothing_never_holds,
    one_of_takes_a_hundred_operands,
    one_of_refuses_more_than_a_hundred,
    exists_and_not_exists_are_opposites,
    begins_with_takes_texts_and_bytes,
    contains_looks_into_texts_sets_and_lists,
    has_type_tells_the_stored_type,
    size_counts_characters_bytes_and_elements,
    elements_and_entries_can_be_asked_for,
    or_never_acts_as_and,
    and_binds_tighter_than_or,
    not_turns_what_stands_in_it,
    conditions_nest_deeply,
    one_field_may_be_asked_for_twice,
    run_time_filters_join_their_parts_by_and,
    a_filter_without_conditions_is_passed_by_all,
    a_filter_without_conditions_is_refused_in_or,
];

/// Eight tickets: open or not, light or heavy, taken or not, in every combination.
fn tickets() -> Vec<Ticket> {
    (0..8)
        .map(|number: u32| {
            let mut ticket = Ticket::new(number);
            ticket.is_open = number & 1 == 0;
            ticket.weight = if number & 2 == 0 { -3 } else { 20 } + i64::from(number);
            ticket.assignee = (number & 4 == 0).then(|| format!("user {number}"));
            ticket.title = ["", "a", "ab", "abc", "B", "é", "ticket", "10"][number as usize].to_owned();
            ticket.tags = texts(&["red", "blue", "green"][..number as usize % 4]);
            ticket.steps = (0..number % 3).map(|step| format!("step {step}")).collect();
            ticket.blob = vec![200; number as usize % 3];
            ticket
        })
        .collect()
}

async fn stored(db: &Db) -> Result<(), Error> {
    db.ensure_table::<Ticket>().await?;
    for ticket in tickets() {
        db.put(&ticket).await?;
    }
    Ok(())
}

fn numbers(tickets: Vec<Ticket>) -> Vec<u32> {
    let mut numbers: Vec<_> = tickets.iter().map(|ticket| ticket.number).collect();
    numbers.sort_unstable();
    numbers
}

/// Checks that a condition holds for the tickets that the closure says, as a query's filter, as a scan's filter and
/// as a write's condition.
macro_rules! holds {
    ($db:ident, $condition:expr, |$ticket:ident| $expected:expr) => {{
        let expected: Vec<u32> =
            tickets().iter().filter(|$ticket| $expected).map(|ticket| ticket.number).collect();
        let queried =
            $db.query(Ticket::partition("q")).filter($condition).stream().collect_up_to(100).await?;
        let scanned = $db.scan::<Ticket>().filter($condition).stream().collect_up_to(100).await?;
        let mut written = Vec::new();
        for ticket in tickets() {
            match $db.put(&ticket).only_if($condition).await {
                Ok(()) => written.push(ticket.number),
                Err(error) if error.kind() == ErrorKind::ConditionFailed => {}
                Err(error) => return Err(error),
            }
        }
        let condition = stringify!($condition);
        assert_eq!(numbers(queried), expected, "query filter {condition}");
        assert_eq!(numbers(scanned), expected, "scan filter {condition}");
        assert_eq!(written, expected, "condition {condition}");
    }};
}

async fn comparators_agree_with_rust(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.weight.eq(-2), |t| t.weight == -2);
    holds!(db, f.weight.ne(-2), |t| t.weight != -2);
    holds!(db, f.weight.lt(22), |t| t.weight < 22);
    holds!(db, f.weight.le(22), |t| t.weight <= 22);
    holds!(db, f.weight.gt(22), |t| t.weight > 22);
    holds!(db, f.weight.ge(22), |t| t.weight >= 22);
    holds!(db, f.is_open.eq(true), |t| t.is_open);
    holds!(db, f.is_open.ne(true), |t| !t.is_open);
    Ok(())
}

async fn comparators_order_numbers_as_numbers(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    // As texts `9` would sort after `22`, and `-3` after `-2`.
    holds!(db, f.weight.lt(9), |t| t.weight < 9);
    holds!(db, f.weight.lt(-2), |t| t.weight < -2);
    Ok(())
}

async fn comparators_order_texts_by_bytes(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.lt("a"), |t| t.title.as_str() < "a");
    holds!(db, f.title.ge("ab"), |t| t.title.as_str() >= "ab");
    holds!(db, f.title.gt("z"), |t| t.title.as_str() > "z");
    holds!(db, f.title.eq(""), |t| t.title.is_empty());
    Ok(())
}

async fn comparators_compare_two_paths(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.steps.size().lt(f.tags.size()), |t| !t.tags.is_empty() && t.steps.len() < t.tags.len());
    Ok(())
}

async fn an_absent_attribute_is_unequal_and_has_no_order(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.assignee.ne("user 0"), |t| t.assignee.as_deref() != Some("user 0"));
    holds!(db, f.assignee.lt("z"), |t| t.assignee.is_some());
    holds!(db, f.assignee.gt(""), |t| t.assignee.is_some());
    Ok(())
}

async fn none_stands_for_an_absent_attribute(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.assignee.eq(None::<String>), |t| t.assignee.is_none());
    holds!(db, f.assignee.ne(None::<String>), |t| t.assignee.is_some());
    holds!(db, f.tags.eq(texts(&[])), |t| t.tags.is_empty());
    Ok(())
}

async fn an_order_of_none_is_refused(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    let query = db.query(Ticket::partition("q")).filter(f.assignee.lt(None::<String>)).page();

    assert_eq!(refused_as(query.await), ErrorKind::Encode);
    assert_eq!(
        refused_as(db.put(&Ticket::new(9)).only_if(f.assignee.ge(None::<String>)).await),
        ErrorKind::Encode
    );
    assert_eq!(db.get(Ticket::key("q", 9_u32)).await?, None);
    Ok(())
}

async fn between_includes_both_ends(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.weight.between(-2, 22), |t| (-2..=22).contains(&t.weight));
    holds!(db, f.title.between("a", "abc"), |t| ("a"..="abc").contains(&t.title.as_str()));
    holds!(db, f.weight.between(-2, 22).not(), |t| !(-2..=22).contains(&t.weight));
    Ok(())
}

async fn between_refuses_a_range_that_ends_before_it_begins(db: Db) -> Outcome {
    stored(&db).await?;

    let query = db.query(Ticket::partition("q")).filter(Ticket::fields().weight.between(2, 1)).page();

    assert_eq!(refused_as(query.await), ErrorKind::Validation);
    Ok(())
}

async fn one_of_holds_for_each_operand(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.one_of(["ab", "B", "none"]), |t| ["ab", "B"].contains(&t.title.as_str()));
    holds!(db, f.weight.one_of([-3]), |t| t.weight == -3);
    holds!(db, f.weight.one_of([-3, 22]).not(), |t| ![-3, 22].contains(&t.weight));
    Ok(())
}

async fn one_of_nothing_never_holds(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let none: [&str; 0] = [];

    holds!(db, f.title.one_of(none), |_t| false);
    holds!(db, f.assignee.one_of(none), |_t| false);
    holds!(db, f.title.one_of(none).not(), |_t| true);
    holds!(db, f.title.one_of(none).or(f.weight.eq(-3)), |t| t.weight == -3);
    Ok(())
}

async fn one_of_takes_a_hundred_operands(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.weight.one_of(-2..98), |t| (-2..98).contains(&t.weight));
    Ok(())
}

async fn one_of_refuses_more_than_a_hundred(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    let error = refusal(db.query(Ticket::partition("q")).filter(f.weight.one_of(0..101)).page().await);

    assert_eq!(error.kind(), ErrorKind::Encode);
    let text = error.to_string();
    assert!(text.contains("101") && text.contains("100"), "{text}");
    Ok(())
}

async fn exists_and_not_exists_are_opposites(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.assignee.exists(), |t| t.assignee.is_some());
    holds!(db, f.assignee.not_exists(), |t| t.assignee.is_none());
    holds!(db, f.assignee.exists().not(), |t| t.assignee.is_none());
    holds!(db, f.title.exists(), |_t| true);
    Ok(())
}

async fn begins_with_takes_texts_and_bytes(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.begins_with("ab"), |t| t.title.starts_with("ab"));
    holds!(db, f.assignee.begins_with("user"), |t| t.assignee.is_some());
    holds!(db, f.blob.begins_with(vec![200]), |t| t.blob.starts_with(&[200]));
    Ok(())
}

async fn contains_looks_into_texts_sets_and_lists(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.contains("b"), |t| t.title.contains('b'));
    holds!(db, f.tags.contains("blue"), |t| t.tags.contains("blue"));
    holds!(db, f.tags.contains("blu"), |_t| false);
    holds!(db, f.steps.contains("step 1"), |t| t.steps.len() > 1);
    Ok(())
}

async fn has_type_tells_the_stored_type(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.tags.has_type(Tag::Ss), |t| !t.tags.is_empty());
    holds!(db, f.steps.has_type(Tag::L), |_t| true);
    holds!(db, f.weight.has_type(Tag::N), |_t| true);
    holds!(db, f.weight.has_type(Tag::S), |_t| false);
    holds!(db, f.is_open.has_type(Tag::Bool), |_t| true);
    holds!(db, f.blob.has_type(Tag::B), |_t| true);
    Ok(())
}

async fn size_counts_characters_bytes_and_elements(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.size().gt(2_u64), |t| t.title.len() > 2);
    holds!(db, f.blob.size().eq(2_u64), |t| t.blob.len() == 2);
    holds!(db, f.steps.size().ge(1_u64), |t| !t.steps.is_empty());
    holds!(db, f.tags.size().between(1_u64, 2_u64), |t| (1..=2).contains(&t.tags.len()));
    Ok(())
}

async fn elements_and_entries_can_be_asked_for(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.steps.at(1).eq("step 1"), |t| t.steps.get(1).is_some());
    holds!(db, f.steps.at(1).exists(), |t| t.steps.len() > 1);
    holds!(db, f.steps.at(0).not_exists(), |t| t.steps.is_empty());
    Ok(())
}

async fn or_never_acts_as_and(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let (open, heavy, taken) = (f.is_open.eq(true), f.weight.ge(20), f.assignee.exists());

    holds!(db, open.or(heavy), |t| t.is_open || t.weight >= 20);
    holds!(db, open.or(heavy).or(taken), |t| t.is_open || t.weight >= 20 || t.assignee.is_some());
    holds!(db, open.and(heavy), |t| t.is_open && t.weight >= 20);
    holds!(db, open.and(heavy).and(taken), |t| t.is_open && t.weight >= 20 && t.assignee.is_some());
    Ok(())
}

async fn and_binds_tighter_than_or(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let (open, heavy, taken) = (f.is_open.eq(true), f.weight.ge(20), f.assignee.exists());

    holds!(db, open.and(heavy).or(taken), |t| t.is_open && t.weight >= 20 || t.assignee.is_some());
    holds!(db, open.or(heavy.and(taken)), |t| t.is_open || t.weight >= 20 && t.assignee.is_some());
    holds!(db, open.or(heavy).and(taken), |t| (t.is_open || t.weight >= 20) && t.assignee.is_some());
    holds!(db, open.and(heavy.or(taken)), |t| t.is_open && (t.weight >= 20 || t.assignee.is_some()));
    Ok(())
}

async fn not_turns_what_stands_in_it(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let (open, heavy, taken) = (f.is_open.eq(true), f.weight.ge(20), f.assignee.exists());

    holds!(db, open.not(), |t| !t.is_open);
    holds!(db, open.not().not(), |t| t.is_open);
    holds!(db, open.and(heavy).not(), |t| !(t.is_open && t.weight >= 20));
    holds!(db, open.or(heavy).not(), |t| !(t.is_open || t.weight >= 20));
    holds!(db, open.not().and(heavy), |t| !t.is_open && t.weight >= 20);
    holds!(db, open.not().or(heavy.not()).and(taken), |t| (!t.is_open || t.weight < 20)
        && t.assignee.is_some());
    Ok(())
}

async fn conditions_nest_deeply(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let (open, heavy, taken) = (f.is_open.eq(true), f.weight.ge(20), f.assignee.exists());
    let tagged = f.tags.exists();

    holds!(db, open.and(heavy.or(taken.and(tagged.not()))).or(tagged.and(heavy.not())), |t| {
        let (heavy, taken, tagged) = (t.weight >= 20, t.assignee.is_some(), !t.tags.is_empty());
        t.is_open && (heavy || taken && !tagged) || tagged && !heavy
    });
    holds!(db, open.and(heavy).or(taken.and(tagged)).not().or(heavy.and(taken)), |t| {
        let (heavy, taken, tagged) = (t.weight >= 20, t.assignee.is_some(), !t.tags.is_empty());
        !(t.is_open && heavy || taken && tagged) || heavy && taken
    });
    Ok(())
}

async fn one_field_may_be_asked_for_twice(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();

    holds!(db, f.title.eq("a").or(f.title.eq("B")).or(f.title.begins_with("ab")), |t| {
        ["a", "B", "ab", "abc"].contains(&t.title.as_str())
    });
    holds!(db, f.weight.gt(-3).and(f.weight.lt(22)), |t| t.weight > -3 && t.weight < 22);
    Ok(())
}

async fn run_time_filters_join_their_parts_by_and(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Ticket::fields();
    let (open, heavy, taken) = (f.is_open.eq(true), f.weight.ge(20), f.assignee.exists());

    let filter = Filter::new().and(open.or(heavy)).and(taken);
    let found = db.query(Ticket::partition("q")).filter(filter).take(100).await?;

    let expected: Vec<_> = tickets()
        .iter()
        .filter(|ticket| (ticket.is_open || ticket.weight >= 20) && ticket.assignee.is_some())
        .map(|ticket| ticket.number)
        .collect();
    assert_eq!(numbers(found.items), expected);
    Ok(())
}

async fn a_filter_without_conditions_is_passed_by_all(db: Db) -> Outcome {
    stored(&db).await?;

    let all = db.query(Ticket::partition("q")).filter(Filter::new()).take(100).await?;
    let open = Filter::new().and(Ticket::fields().is_open.eq(true));
    let both = db.query(Ticket::partition("q")).filter(Filter::new()).filter(open).take(100).await?;

    assert_eq!((all.len(), both.len()), (8, 4));
    Ok(())
}

async fn a_filter_without_conditions_is_refused_in_or(db: Db) -> Outcome {
    stored(&db).await?;

    let either = Filter::new().or(Ticket::fields().is_open.eq(true));

    assert_eq!(
        refused_as(db.query(Ticket::partition("q")).filter(either).take(100).await),
        ErrorKind::Encode
    );
    Ok(())
}
