//! `create` and `put`.

use dynamorm::prelude::*;

use crate::{
    model::{Collections, Setting, Ticket, texts},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    create_writes_an_item_that_is_absent,
    create_refuses_an_item_that_exists,
    create_carries_the_item_that_exists,
    put_replaces_the_whole_item,
    put_of_an_absent_item_writes_it,
    put_returns_the_item_it_replaced,
    put_returns_nothing_where_nothing_was,
    put_writes_if_its_condition_holds,
    put_refuses_if_its_condition_fails_and_carries_the_stored_item,
    put_takes_an_absent_item_for_one_without_attributes,
    put_joins_its_conditions_by_and,
    put_and_update_write_the_same_form,
    of_creates_at_once_one_wins,
];

async fn create_writes_an_item_that_is_absent(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");

    db.create(&setting).await?;

    assert_eq!(db.get(Setting::key("theme")).await?, Some(setting));
    Ok(())
}

async fn create_refuses_an_item_that_exists(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let first = Setting::new("theme", "dark");
    db.create(&first).await?;

    let kind = refused_as(db.create(&Setting::new("theme", "light")).await);

    assert_eq!(kind, ErrorKind::AlreadyExists);
    assert_eq!(db.get(Setting::key("theme")).await?, Some(first));
    Ok(())
}

async fn create_carries_the_item_that_exists(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let first = Setting::new("theme", "dark");
    db.create(&first).await?;

    let error = refusal(db.create(&Setting::new("theme", "light")).await);

    assert_eq!(error.stored::<Setting>()?, Some(first));
    Ok(())
}

async fn put_replaces_the_whole_item(db: Db) -> Outcome {
    db.ensure_table::<Collections>().await?;
    let mut item = Collections::new("c");
    item.remark = "to be gone".into();
    item.tags = texts(&["a"]);
    item.maybe_list = Some(vec!["x".into()]);
    db.put(&item).await?;

    db.put(&Collections::new("c")).await?;

    assert_eq!(db.get(Collections::key("c")).await?, Some(Collections::new("c")));
    let f = Collections::fields();
    let bare = db.put(&item).only_if(f.remark.not_exists()).only_if(f.tags.not_exists());
    bare.only_if(f.maybe_list.not_exists()).await
}

async fn put_of_an_absent_item_writes_it(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    db.put(&Setting::new("theme", "dark")).await?;

    assert_eq!(found(db.get(Setting::key("theme")).await?).value, "dark");
    Ok(())
}

async fn put_returns_the_item_it_replaced(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let first = Setting::new("theme", "dark");
    db.put(&first).await?;

    let old = db.put(&Setting::new("theme", "light")).returning_old().await?;

    assert_eq!(old, Some(first));
    Ok(())
}

async fn put_returns_nothing_where_nothing_was(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    let old = db.put(&Setting::new("theme", "light")).returning_old().await?;

    assert_eq!(old, None);
    Ok(())
}

async fn put_writes_if_its_condition_holds(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&Setting::new("theme", "dark")).await?;
    let light = Setting::new("theme", "light");

    db.put(&light).only_if(Setting::fields().value.eq("dark")).await?;

    assert_eq!(db.get(Setting::key("theme")).await?, Some(light));
    Ok(())
}

async fn put_refuses_if_its_condition_fails_and_carries_the_stored_item(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let dark = Setting::new("theme", "dark");
    db.put(&dark).await?;

    let light = Setting::new("theme", "light");
    let error = refusal(db.put(&light).only_if(Setting::fields().value.eq("red")).await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Setting>()?.as_ref(), Some(&dark));
    assert_eq!(db.get(Setting::key("theme")).await?, Some(dark));
    Ok(())
}

async fn put_takes_an_absent_item_for_one_without_attributes(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let f = Setting::fields();
    let setting = Setting::new("theme", "dark");

    let error = refusal(db.put(&setting).only_if(f.value.eq("dark")).await);
    db.put(&setting).only_if(f.value.not_exists()).await?;

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Setting>()?, None);
    Ok(())
}

async fn put_joins_its_conditions_by_and(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    let ticket = Ticket::new(1);
    db.put(&ticket).await?;
    let f = Ticket::fields();

    let (holds, fails) = (f.weight.eq(1), f.weight.eq(2));

    assert_eq!(refused_as(db.put(&ticket).only_if(holds).only_if(fails).await), ErrorKind::ConditionFailed);
    assert_eq!(refused_as(db.put(&ticket).only_if(fails).only_if(holds).await), ErrorKind::ConditionFailed);
    db.put(&ticket).only_if(holds).only_if(f.title.eq("ticket 1")).await
}

async fn put_and_update_write_the_same_form(db: Db) -> Outcome {
    db.ensure_table::<Collections>().await?;
    let mut put = Collections::new("c");
    put.tags = texts(&["a", "b"]);
    put.scores = [1, -2].into();
    put.digests = [vec![0, 255].into()].into();
    put.map = [("k".to_owned(), 7)].into();
    put.matrix = vec![vec![1], vec![]];
    put.maybe_tags = Some(texts(&["z"]));
    let f = Collections::fields();
    db.create(&Collections::new("c")).await?;

    let updated = db
        .update(Collections::key("c"))
        .set(f.tags, &put.tags)
        .set(f.scores, &put.scores)
        .set(f.digests, &put.digests)
        .set(f.map, &put.map)
        .set(f.matrix, &put.matrix)
        .set(f.maybe_tags, &put.maybe_tags)
        .returning_new()
        .await?;

    // The condition compares what the update stored with what a put would store.
    let same = f.tags.eq(&put.tags).and(f.scores.eq(&put.scores)).and(f.digests.eq(&put.digests));
    let same =
        same.and(f.map.eq(&put.map)).and(f.matrix.eq(&put.matrix)).and(f.maybe_tags.eq(&put.maybe_tags));
    assert_eq!(updated, put);
    db.put(&put).only_if(same).await
}

async fn of_creates_at_once_one_wins(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let settings: Vec<_> = (0..8).map(|number| Setting::new("theme", &number.to_string())).collect();

    // All are under way before the first is answered.
    let calls: Vec<_> =
        settings.iter().map(|setting| tokio::spawn(db.create(setting).into_future())).collect();
    let mut winners = Vec::new();
    for (call, setting) in calls.into_iter().zip(settings) {
        match call.await {
            Ok(Ok(())) => winners.push(setting),
            Ok(Err(error)) => assert_eq!(error.kind(), ErrorKind::AlreadyExists),
            Err(broken_off) => {
                return Err(dynamorm::Error::new(ErrorKind::Unavailable, broken_off.to_string()));
            }
        }
    }

    assert_eq!(winners.len(), 1);
    assert_eq!(db.get(Setting::key("theme")).await?, winners.pop());
    Ok(())
}
