//! Cursors: opaque, bound to their query, sealed with a key.

use dynamorm::{Error, prelude::*};

use crate::{
    model::{Order, Setting, Ticket},
    refusal::{found, refused_as},
    registry::{Outcome, cases},
};

cases![
    goes_on_where_the_page_ended,
    goes_on_after_its_last_item_was_deleted,
    is_text_that_is_safe_in_a_url,
    of_another_partition_is_refused,
    of_another_filter_is_refused,
    of_the_other_direction_is_refused,
    of_another_index_is_refused,
    of_another_table_is_refused,
    of_a_scan_is_refused_by_a_query,
    that_was_changed_is_refused,
    that_is_none_is_refused,
    sealed_goes_on_where_the_page_ended,
    sealed_shows_no_key,
    sealed_that_was_changed_is_refused,
    sealed_with_another_key_is_refused,
    without_a_seal_is_refused_once_a_key_is_set,
    sealed_is_refused_without_the_key,
];

const KEY: [u8; 32] = [7; 32];

/// Four tickets, and the cursor after the first two.
async fn stored(db: &Db) -> Result<Cursor, Error> {
    db.ensure_table::<Ticket>().await?;
    for number in 0..4 {
        db.put(&Ticket::new(number)).await?;
    }
    Ok(found(db.query(Ticket::partition("q")).page_size(2).page().await?.next))
}

async fn goes_on_where_the_page_ended(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    // As a client sends it back: as text.
    let text = cursor.to_string();
    let page = db.query(Ticket::partition("q")).after(Cursor::from(text)).page().await?;

    assert_eq!(page.items, [Ticket::new(2), Ticket::new(3)]);
    Ok(())
}

async fn goes_on_after_its_last_item_was_deleted(db: Db) -> Outcome {
    let cursor = stored(&db).await?;
    db.delete(Ticket::key("q", 1_u32)).await?;

    let page = db.query(Ticket::partition("q")).after(cursor).page().await?;

    assert_eq!(page.items, [Ticket::new(2), Ticket::new(3)]);
    Ok(())
}

async fn is_text_that_is_safe_in_a_url(db: Db) -> Outcome {
    let plain = stored(&db).await?;
    let sealed = stored(&db.with_cursor_key(KEY)).await?;

    let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    assert!(plain.as_str().chars().all(is_safe), "{plain}");
    assert!(sealed.as_str().chars().all(is_safe), "{sealed}");
    Ok(())
}

async fn of_another_partition_is_refused(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    let kind = refused_as(db.query(Ticket::partition("other")).after(cursor.clone()).page().await);
    let range = Ticket::partition("q").number().ge(0_u32);

    assert_eq!(kind, ErrorKind::Cursor);
    assert_eq!(refused_as(db.query(range).after(cursor).page().await), ErrorKind::Cursor);
    Ok(())
}

async fn of_another_filter_is_refused(db: Db) -> Outcome {
    stored(&db).await?;
    let query = |weight: i64| {
        db.query(Ticket::partition("q")).filter(Ticket::fields().weight.ge(weight)).page_size(2)
    };
    let cursor = query(0).page().await?.next;

    let same = query(0).after(cursor.clone()).page().await?;

    assert_eq!(same.items.len(), 2);
    assert_eq!(refused_as(query(1).after(cursor).page().await), ErrorKind::Cursor);
    Ok(())
}

async fn of_the_other_direction_is_refused(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    let kind = refused_as(db.query(Ticket::partition("q")).descending().after(cursor).page().await);

    assert_eq!(kind, ErrorKind::Cursor);
    Ok(())
}

async fn of_another_index_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    db.create(&Order::new("o-1")).await?;
    db.create(&Order::new("o-2")).await?;
    let cursor = db.query(Order::by_owner("ann")).page_size(1).page().await?.next;

    let kind = refused_as(db.query(Order::by_region("t-1", "eu")).after(cursor).page().await);

    assert_eq!(kind, ErrorKind::Cursor);
    Ok(())
}

async fn of_another_table_is_refused(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    let other = db.with_table_name::<Ticket>("another-table");

    assert_eq!(refused_as(other.query(Ticket::partition("q")).after(cursor).page().await), ErrorKind::Cursor);
    Ok(())
}

async fn of_a_scan_is_refused_by_a_query(db: Db) -> Outcome {
    let of_query = stored(&db).await?;
    let of_scan = found(db.scan::<Ticket>().page_size(1).page().await?.next);

    assert_eq!(refused_as(db.query(Ticket::partition("q")).after(of_scan).page().await), ErrorKind::Cursor);
    assert_eq!(refused_as(db.scan::<Ticket>().after(of_query).page().await), ErrorKind::Cursor);
    Ok(())
}

/// Every text that differs from the cursor in one character, that lacks its last one, or has one more.
fn changed(cursor: &Cursor) -> Vec<Cursor> {
    let text = cursor.as_str();
    let mut all = vec![text[..text.len() - 1].to_owned(), format!("{text}A"), format!("A{text}")];
    for (position, old) in text.char_indices() {
        let new = if old == 'Q' { 'A' } else { 'Q' };
        all.push(format!("{}{new}{}", &text[..position], &text[position + 1..]));
    }
    all.into_iter().map(Cursor::from).collect()
}

async fn that_was_changed_is_refused(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    for changed in changed(&cursor) {
        let query = db.query(Ticket::partition("q")).after(changed.clone()).page();
        assert_eq!(refused_as(query.await), ErrorKind::Cursor, "{changed}");
    }
    Ok(())
}

async fn that_is_none_is_refused(db: Db) -> Outcome {
    stored(&db).await?;
    let long = "A".repeat(100_000);

    for text in ["", "A", "AQ", "e30", "not base64!", "{}", "é", long.as_str()] {
        let query = db.query(Ticket::partition("q")).after(Cursor::from(text)).page();
        assert_eq!(refused_as(query.await), ErrorKind::Cursor);
    }
    Ok(())
}

async fn sealed_goes_on_where_the_page_ended(db: Db) -> Outcome {
    let db = db.with_cursor_key(KEY);
    let cursor = stored(&db).await?;

    let page = db.query(Ticket::partition("q")).after(cursor).page().await?;

    assert_eq!(page.items, [Ticket::new(2), Ticket::new(3)]);
    Ok(())
}

async fn sealed_shows_no_key(db: Db) -> Outcome {
    let db = db.with_cursor_key(KEY);
    db.ensure_table::<Setting>().await?;
    let name = "secret-".repeat(30);
    db.put(&Setting::new(&name, "")).await?;
    db.put(&Setting::new("another", "")).await?;
    db.put(&Setting::new("a third", "")).await?;

    let mut cursors = Vec::new();
    let (mut cursor, mut names) = (None, Vec::new());
    for _ in 0..3 {
        let page = db.scan::<Setting>().page_size(1).after(cursor).page().await?;
        names.extend(page.items.into_iter().map(|setting| setting.name));
        cursors.extend(page.next.clone());
        cursor = page.next;
    }

    // A plain one holds the key in base64, in one of three alignments.
    assert!(names.contains(&name));
    for part in ["c2VjcmV0", "NlY3JldC", "zZWNyZXQ"] {
        assert!(cursors.iter().all(|cursor| !cursor.as_str().contains(part)));
    }
    Ok(())
}

async fn sealed_that_was_changed_is_refused(db: Db) -> Outcome {
    let db = db.with_cursor_key(KEY);
    let cursor = stored(&db).await?;

    for changed in changed(&cursor) {
        let query = db.query(Ticket::partition("q")).after(changed.clone()).page();
        assert_eq!(refused_as(query.await), ErrorKind::Cursor, "{changed}");
    }
    Ok(())
}

async fn sealed_with_another_key_is_refused(db: Db) -> Outcome {
    let cursor = stored(&db.clone().with_cursor_key(KEY)).await?;

    let other = db.with_cursor_key([8; 32]);

    assert_eq!(refused_as(other.query(Ticket::partition("q")).after(cursor).page().await), ErrorKind::Cursor);
    Ok(())
}

async fn without_a_seal_is_refused_once_a_key_is_set(db: Db) -> Outcome {
    let cursor = stored(&db).await?;

    let sealing = db.with_cursor_key(KEY);

    assert_eq!(
        refused_as(sealing.query(Ticket::partition("q")).after(cursor).page().await),
        ErrorKind::Cursor
    );
    Ok(())
}

async fn sealed_is_refused_without_the_key(db: Db) -> Outcome {
    let cursor = stored(&db.clone().with_cursor_key(KEY)).await?;

    assert_eq!(refused_as(db.query(Ticket::partition("q")).after(cursor).page().await), ErrorKind::Cursor);
    Ok(())
}
