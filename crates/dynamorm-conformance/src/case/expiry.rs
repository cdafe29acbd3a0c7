//! Items that have expired: absent in every read and every condition, by the `Db`'s clock.

use std::time::Duration;

use dynamorm::{Clock as _, Error, prelude::*, testing::TestClock};

use crate::{
    model::{Reservation, Session},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    an_item_is_there_until_its_second,
    an_item_without_an_instant_never_expires,
    the_instant_is_kept_in_whole_seconds,
    get_finds_nothing,
    query_leaves_it_out,
    query_of_keys_alone_leaves_it_out,
    count_leaves_it_out,
    take_reads_on_past_it,
    scan_leaves_it_out,
    stream_leaves_it_out,
    reads_of_an_index_that_is_sorted_by_it_leave_it_out,
    create_overwrites_it,
    update_finds_nothing,
    update_with_a_condition_finds_nothing,
    update_cannot_revive_it,
    upsert_writes_a_new_item,
    put_returns_nothing_of_it,
    put_takes_it_for_an_item_without_attributes,
    put_holds_a_condition_on_its_attributes_for_failed,
    delete_returns_nothing_of_it,
    delete_holds_a_condition_on_its_attributes_for_failed,
    an_update_may_put_its_end_off,
    an_update_may_take_its_end_away,
];

const MINUTE: Duration = Duration::from_secs(60);

/// A session that lives for a minute, and the clock that shows its first second.
async fn opened(db: Db) -> Result<(Db, TestClock, Session), Error> {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Session>().await?;
    let session = Session::new("s-1", &clock);
    db.create(&session).await?;
    Ok((db, clock, session))
}

/// A session that has expired.
async fn expired(db: Db) -> Result<(Db, TestClock, Session), Error> {
    let (db, clock, session) = opened(db).await?;
    clock.advance(MINUTE);
    Ok((db, clock, session))
}

async fn an_item_is_there_until_its_second(db: Db) -> Outcome {
    let (db, clock, session) = opened(db).await?;

    clock.advance(MINUTE - Duration::from_secs(1));
    assert_eq!(db.get(Session::key("s-1")).await?, Some(session));
    clock.advance(Duration::from_secs(1));
    assert_eq!(db.get(Session::key("s-1")).await?, None);
    Ok(())
}

async fn an_item_without_an_instant_never_expires(db: Db) -> Outcome {
    let (db, clock, mut session) = opened(db).await?;
    session.expires = None;
    db.put(&session).await?;

    clock.advance(MINUTE * 1_000_000);

    assert_eq!(db.get(Session::key("s-1")).await?.as_ref(), Some(&session));
    assert_eq!(db.query(Session::by_user("u-1")).take(1).await?.items, [session]);
    db.update(Session::key("s-1")).add(Session::fields().hits, 1_u64).await
}

async fn the_instant_is_kept_in_whole_seconds(db: Db) -> Outcome {
    let (db, _, mut session) = opened(db).await?;
    let whole = session.expires;
    session.expires = whole.and_then(|at| at.checked_add(Duration::from_millis(999)));

    db.put(&session).await?;

    assert_eq!(found(db.get(Session::key("s-1")).await?).expires, whole);
    db.put(&session).only_if(Session::fields().expires.eq(whole)).await
}

async fn get_finds_nothing(db: Db) -> Outcome {
    let (db, ..) = expired(db).await?;

    assert_eq!(db.get(Session::key("s-1")).await?, None);
    assert_eq!(db.get(Session::key("s-1")).consistent().await?, None);
    Ok(())
}

async fn query_leaves_it_out(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let alive = Session::new("s-2", &clock);
    db.create(&alive).await?;
    let f = Session::fields();

    let page = db.query(Session::by_user("u-1")).filter(f.hits.eq(0).or(f.hits.eq(1))).page().await?;

    assert_eq!(page.items, [alive]);
    assert_eq!(db.query(Session::partition("s-1")).page().await?.items, []);
    Ok(())
}

async fn query_of_keys_alone_leaves_it_out(db: Db) -> Outcome {
    let (db, clock, mut session) = opened(db).await?;
    session.host = Some("h".into());
    db.put(&session).await?;
    let before = db.query(Session::by_host("h")).count().await?;

    clock.advance(MINUTE);

    assert_eq!((before, db.query(Session::by_host("h")).count().await?), (1, 0));
    Ok(())
}

async fn count_leaves_it_out(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    db.create(&Session::new("s-2", &clock)).await?;

    assert_eq!(db.query(Session::by_user("u-1")).count().await?, 1);
    Ok(())
}

async fn take_reads_on_past_it(db: Db) -> Outcome {
    let (db, clock, _) = opened(db).await?;
    for number in 2..8 {
        db.create(&Session::new(&format!("s-{number}"), &clock)).await?;
    }
    clock.advance(MINUTE);
    let alive = Session::new("s-9", &clock);
    db.create(&alive).await?;

    let matches = db.query(Session::by_user("u-1")).take(1).await?;

    assert_eq!(matches.items, [alive]);
    Ok(())
}

async fn scan_leaves_it_out(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let alive = Session::new("s-2", &clock);
    db.create(&alive).await?;

    assert_eq!(db.scan::<Session>().page().await?.items, [alive]);
    Ok(())
}

async fn stream_leaves_it_out(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let alive = Session::new("s-2", &clock);
    db.create(&alive).await?;

    let items = db.query(Session::by_user("u-1")).page_size(1).stream().collect_up_to(10).await?;

    assert_eq!(items, [alive]);
    Ok(())
}

async fn reads_of_an_index_that_is_sorted_by_it_leave_it_out(db: Db) -> Outcome {
    let clock = TestClock::new();
    let db = db.with_clock(clock.clone());
    db.ensure_table::<Reservation>().await?;
    let until = |minutes| clock.now().saturating_add(MINUTE * minutes);
    for minutes in 1..=4 {
        let seat = format!("seat {minutes}");
        db.put(&Reservation { seat, hall: "h".into(), until: until(minutes) }).await?;
    }
    let last = until(4);
    clock.advance(MINUTE * 2);
    let query = || db.query(Reservation::by_hall("h")).page_size(1);

    let taken = query().take(9).await?;
    let streamed = query().stream().collect_up_to(9).await?;
    let ending = db.query(Reservation::by_hall("h").until().lt(last)).take(9).await?;

    let seats = |items: &[Reservation]| items.iter().map(|item| item.seat.clone()).collect::<Vec<_>>();
    assert_eq!(seats(&taken), ["seat 3", "seat 4"]);
    assert_eq!(seats(&streamed), ["seat 3", "seat 4"]);
    assert_eq!(seats(&ending), ["seat 3"]);
    assert_eq!(query().count().await?, 2);
    Ok(())
}

async fn create_overwrites_it(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let mut second = Session::new("s-1", &clock);
    second.user_id = "u-2".into();

    db.create(&second).await?;

    assert_eq!(db.get(Session::key("s-1")).await?, Some(second));
    Ok(())
}

async fn update_finds_nothing(db: Db) -> Outcome {
    let (db, ..) = expired(db).await?;

    let error = refusal(db.update(Session::key("s-1")).set(Session::fields().hits, 1_u64).await);

    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.stored::<Session>()?, None);
    Ok(())
}

async fn update_with_a_condition_finds_nothing(db: Db) -> Outcome {
    let (db, ..) = expired(db).await?;
    let f = Session::fields();

    let update =
        db.update(Session::key("s-1")).set(f.hits, 1_u64).only_if(f.hits.eq(0).or(f.user_id.eq("u-1")));

    assert_eq!(refused_as(update.await), ErrorKind::NotFound);
    Ok(())
}

async fn update_cannot_revive_it(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let f = Session::fields();

    let update = db.update(Session::key("s-1")).set(f.expires, clock.now().saturating_add(MINUTE));

    assert_eq!(refused_as(update.await), ErrorKind::NotFound);
    assert_eq!(db.get(Session::key("s-1")).await?, None);
    Ok(())
}

async fn upsert_writes_a_new_item(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let mut second = Session::new("s-1", &clock);
    second.hits = 5;

    db.upsert(&second).when_present(|update| update.add(Session::fields().hits, 1_u64)).await?;

    assert_eq!(db.get(Session::key("s-1")).await?, Some(second));
    Ok(())
}

async fn put_returns_nothing_of_it(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;

    assert_eq!(db.put(&Session::new("s-1", &clock)).returning_old().await?, None);
    Ok(())
}

async fn put_takes_it_for_an_item_without_attributes(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let second = Session::new("s-1", &clock);

    db.put(&second).only_if(Session::fields().user_id.not_exists()).await?;

    assert_eq!(db.get(Session::key("s-1")).await?, Some(second));
    Ok(())
}

async fn put_holds_a_condition_on_its_attributes_for_failed(db: Db) -> Outcome {
    let (db, clock, _) = expired(db).await?;
    let f = Session::fields();
    let second = Session::new("s-1", &clock);

    let error = refusal(db.put(&second).only_if(f.user_id.eq("u-1")).await);
    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Session>()?, None);
    let either = f.user_id.eq("u-1").or(f.hits.eq(0));
    assert_eq!(refused_as(db.put(&second).only_if(either).await), ErrorKind::ConditionFailed);
    Ok(())
}

async fn delete_returns_nothing_of_it(db: Db) -> Outcome {
    let (db, ..) = expired(db).await?;

    assert_eq!(db.delete(Session::key("s-1")).await?, None);
    Ok(())
}

async fn delete_holds_a_condition_on_its_attributes_for_failed(db: Db) -> Outcome {
    let (db, ..) = expired(db).await?;

    let delete = db.delete(Session::key("s-1")).only_if(Session::fields().user_id.eq("u-1"));
    let error = refusal(delete.await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Session>()?, None);
    Ok(())
}

async fn an_update_may_put_its_end_off(db: Db) -> Outcome {
    let (db, clock, _) = opened(db).await?;

    let later = clock.now().saturating_add(MINUTE * 2);
    db.update(Session::key("s-1")).set(Session::fields().expires, later).await?;
    clock.advance(MINUTE);

    assert_eq!(found(db.get(Session::key("s-1")).await?).expires, Some(later));
    Ok(())
}

async fn an_update_may_take_its_end_away(db: Db) -> Outcome {
    let (db, clock, _) = opened(db).await?;

    db.update(Session::key("s-1")).set(Session::fields().expires, None::<Timestamp>).await?;
    clock.advance(MINUTE);

    assert_eq!(found(db.get(Session::key("s-1")).await?).expires, None);
    Ok(())
}
