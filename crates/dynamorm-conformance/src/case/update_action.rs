//! The actions of an update, on attributes and on what is nested in them.

use dynamorm::{Error, prelude::*, verb::Update};

use crate::{
    model::{Account, Address, Collections, Profile, Scalars, texts},
    refusal::{found, refused_as},
    registry::{Outcome, cases},
};

cases![
    set_of_none_removes_the_attribute,
    set_takes_the_value_of_another_path,
    set_if_absent_leaves_what_is_there,
    set_if_absent_sets_what_is_absent,
    set_of_an_empty_set_removes_the_attribute,
    set_of_an_entry_adds_it_or_replaces_it,
    set_of_an_element_replaces_it_alone,
    set_in_a_nested_struct_leaves_its_other_fields,
    set_in_a_nested_struct_that_is_absent_is_refused,
    remove_takes_the_attribute_away,
    remove_takes_an_entry_away,
    remove_takes_an_element_away_and_closes_the_gap,
    add_counts_up_and_down,
    add_begins_at_zero,
    add_keeps_all_digits,
    add_to_a_set_joins_it,
    add_to_an_absent_set_makes_it,
    subtract_counts_down,
    subtract_from_an_absent_number_is_refused,
    delete_takes_elements_out_of_a_set,
    delete_of_the_last_element_empties_the_set,
    delete_of_elements_that_are_not_there_changes_nothing,
    append_puts_elements_behind,
    prepend_puts_elements_before,
    append_to_an_absent_list_makes_it,
    actions_of_all_clauses_go_together,
    one_value_may_be_given_twice,
    two_actions_on_one_path_are_refused,
];

async fn stored(db: &Db) -> Result<Collections, Error> {
    db.ensure_table::<Collections>().await?;
    let mut item = Collections::new("c");
    item.list = vec!["a".into(), "b".into(), "c".into()];
    item.map = [("one".to_owned(), 1), ("two".to_owned(), 2)].into();
    item.tags = texts(&["x", "y"]);
    item.remark = "remark".into();
    db.put(&item).await?;
    Ok(item)
}

fn update(db: &Db) -> Update<Collections> {
    db.update(Collections::key("c"))
}

async fn set_of_none_removes_the_attribute(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.maybe_text = Some("text".into());
    db.put(&item).await?;
    let f = Scalars::fields();

    db.update(Scalars::key("s")).set(f.maybe_text, None::<String>).await?;

    db.put(&item).only_if(f.maybe_text.not_exists()).await
}

async fn set_takes_the_value_of_another_path(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.i64 = i64::MIN;
    item.text = "text".into();
    db.put(&item).await?;
    let f = Scalars::fields();

    let new =
        db.update(Scalars::key("s")).set(f.maybe_number, 4).set(f.added_later, f.u32).returning_new().await?;

    assert_eq!((new.maybe_number, new.added_later), (Some(4), 0));
    Ok(())
}

async fn set_if_absent_leaves_what_is_there(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.maybe_number = Some(1);
    db.put(&item).await?;

    let new =
        db.update(Scalars::key("s")).set_if_absent(Scalars::fields().maybe_number, 2).returning_new().await?;

    assert_eq!(new.maybe_number, Some(1));
    Ok(())
}

async fn set_if_absent_sets_what_is_absent(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    db.put(&Scalars::new("s")).await?;

    let new =
        db.update(Scalars::key("s")).set_if_absent(Scalars::fields().maybe_number, 2).returning_new().await?;

    assert_eq!(new.maybe_number, Some(2));
    Ok(())
}

async fn set_of_an_empty_set_removes_the_attribute(db: Db) -> Outcome {
    let item = stored(&db).await?;
    let f = Collections::fields();

    update(&db).set(f.tags, texts(&[])).await?;

    db.put(&item).only_if(f.tags.not_exists()).await
}

async fn set_of_an_entry_adds_it_or_replaces_it(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Collections::fields();

    let new =
        update(&db).set(f.map.entry("two"), 22).set(f.map.entry("a.b[0] #x"), 3).returning_new().await?;

    let expected = [("a.b[0] #x".to_owned(), 3), ("one".to_owned(), 1), ("two".to_owned(), 22)];
    assert_eq!(new.map, expected.into());
    Ok(())
}

async fn set_of_an_element_replaces_it_alone(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db).set(f.list.at(1), "B").returning_new().await?;

    assert_eq!(new.list, ["a", "B", "c"]);
    Ok(())
}

async fn set_in_a_nested_struct_leaves_its_other_fields(db: Db) -> Outcome {
    db.ensure_table::<Profile>().await?;
    let mut profile = Profile::new("u");
    profile.work = Some(Address::new("Basel", 2));
    profile.former = vec![Address::new("Chur", 3), Address::new("Zug", 4)];
    profile.by_name = [("mother".to_owned(), Address::new("Thun", 5))].into();
    db.put(&profile).await?;
    let (f, address) = (Profile::fields(), Address::fields());

    let new = db
        .update(Profile::key("u"))
        .set(f.home.field(address.door), 11)
        .set(f.work.field(address.remark), "ring twice")
        .set(f.former.at(1).field(address.city), "Uster")
        .add(f.by_name.entry("mother").field(address.door), 50)
        .append(f.home.field(address.names), vec!["Ann".to_owned()])
        .returning_new()
        .await?;

    profile.home.door = 11;
    profile.home.names = vec!["Ann".into()];
    if let Some(work) = &mut profile.work {
        work.remark = Some("ring twice".into());
    }
    profile.former[1].city = "Uster".into();
    profile.by_name = [("mother".to_owned(), Address::new("Thun", 55))].into();
    assert_eq!(new, profile);
    Ok(())
}

async fn set_in_a_nested_struct_that_is_absent_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Profile>().await?;
    db.put(&Profile::new("u")).await?;

    let update =
        db.update(Profile::key("u")).set(Profile::fields().work.field(Address::fields().city), "Bern");

    assert_eq!(refused_as(update.await), ErrorKind::Validation);
    Ok(())
}

async fn remove_takes_the_attribute_away(db: Db) -> Outcome {
    let item = stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db).remove(f.remark).remove(f.tags).returning_new().await?;

    assert_eq!((new.remark.as_str(), new.tags), ("", texts(&[])));
    db.put(&item).only_if(f.remark.not_exists().and(f.tags.not_exists())).await
}

async fn remove_takes_an_entry_away(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db).remove(Collections::fields().map.entry("one")).returning_new().await?;

    assert_eq!(new.map, [("two".to_owned(), 2)].into());
    Ok(())
}

async fn remove_takes_an_element_away_and_closes_the_gap(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db).remove(Collections::fields().list.at(1)).returning_new().await?;

    assert_eq!(new.list, ["a", "c"]);
    Ok(())
}

async fn add_counts_up_and_down(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    db.create(&Account::new("a", 10)).await?;
    let f = Account::fields();

    db.update(Account::key("a")).add(f.balance, 5).await?;
    let new = db.update(Account::key("a")).add(f.balance, -20).returning_new().await?;

    assert_eq!(new.balance, -5);
    Ok(())
}

async fn add_begins_at_zero(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    db.put(&Scalars::new("s")).await?;

    let new = db.update(Scalars::key("s")).add(Scalars::fields().maybe_number, 3).returning_new().await?;

    assert_eq!(new.maybe_number, Some(3));
    Ok(())
}

async fn add_keeps_all_digits(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    let mut item = Scalars::new("s");
    item.u64 = u64::MAX - 1;
    item.i64 = i64::MIN + 1;
    db.put(&item).await?;
    let f = Scalars::fields();

    let new = db.update(Scalars::key("s")).add(f.u64, 1_u64).subtract(f.i64, 1).returning_new().await?;

    assert_eq!((new.u64, new.i64), (u64::MAX, i64::MIN));
    Ok(())
}

async fn add_to_a_set_joins_it(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db).add(Collections::fields().tags, texts(&["y", "z"])).returning_new().await?;

    assert_eq!(new.tags, texts(&["x", "y", "z"]));
    Ok(())
}

async fn add_to_an_absent_set_makes_it(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db).add(f.maybe_tags, texts(&["a"])).add(f.scores, &[4].into()).returning_new().await?;

    assert_eq!((new.maybe_tags, new.scores), (Some(texts(&["a"])), [4].into()));
    Ok(())
}

async fn subtract_counts_down(db: Db) -> Outcome {
    db.ensure_table::<Account>().await?;
    db.create(&Account::new("a", 10)).await?;

    let new = db.update(Account::key("a")).subtract(Account::fields().balance, 3).returning_new().await?;

    assert_eq!(new.balance, 7);
    Ok(())
}

async fn subtract_from_an_absent_number_is_refused(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    db.put(&Scalars::new("s")).await?;

    let update = db.update(Scalars::key("s")).subtract(Scalars::fields().maybe_number, 3);

    assert_eq!(refused_as(update.await), ErrorKind::Validation);
    Ok(())
}

async fn delete_takes_elements_out_of_a_set(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db).delete(Collections::fields().tags, texts(&["x"])).returning_new().await?;

    assert_eq!(new.tags, texts(&["y"]));
    Ok(())
}

async fn delete_of_the_last_element_empties_the_set(db: Db) -> Outcome {
    let item = stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db).delete(f.tags, texts(&["x", "y"])).returning_new().await?;

    assert_eq!(new.tags, texts(&[]));
    db.put(&item).only_if(f.tags.not_exists()).await
}

async fn delete_of_elements_that_are_not_there_changes_nothing(db: Db) -> Outcome {
    let item = stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db).delete(f.tags, texts(&["q"])).delete(f.scores, &[1].into()).returning_new().await?;

    assert_eq!(new, item);
    Ok(())
}

async fn append_puts_elements_behind(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db)
        .append(Collections::fields().list, vec!["d".to_owned(), "a".to_owned()])
        .returning_new()
        .await?;

    assert_eq!(new.list, ["a", "b", "c", "d", "a"]);
    Ok(())
}

async fn prepend_puts_elements_before(db: Db) -> Outcome {
    stored(&db).await?;

    let new = update(&db)
        .prepend(Collections::fields().list, vec!["y".to_owned(), "z".to_owned()])
        .returning_new()
        .await?;

    assert_eq!(new.list, ["y", "z", "a", "b", "c"]);
    Ok(())
}

async fn append_to_an_absent_list_makes_it(db: Db) -> Outcome {
    stored(&db).await?;

    let new =
        update(&db).append(Collections::fields().maybe_list, vec!["d".to_owned()]).returning_new().await?;

    assert_eq!(new.maybe_list, Some(vec!["d".to_owned()]));
    Ok(())
}

async fn actions_of_all_clauses_go_together(db: Db) -> Outcome {
    let mut item = stored(&db).await?;
    let f = Collections::fields();

    let new = update(&db)
        .set(f.numbers, vec![1, 2])
        .remove(f.remark)
        .add(f.scores, &[7].into())
        .delete(f.tags, texts(&["x"]))
        .append(f.list, vec!["d".to_owned()])
        .set(f.map.entry("three"), 3)
        .only_if(f.map.entry("one").eq(1).and(f.tags.contains("x")))
        .returning_new()
        .await?;

    item.numbers = vec![1, 2];
    item.remark.clear();
    item.scores = [7].into();
    item.tags = texts(&["y"]);
    item.list.push("d".into());
    item.map.insert("three".into(), 3);
    assert_eq!(new, item);
    Ok(())
}

async fn one_value_may_be_given_twice(db: Db) -> Outcome {
    db.ensure_table::<Scalars>().await?;
    db.put(&Scalars::new("s")).await?;
    let f = Scalars::fields();

    db.update(Scalars::key("s"))
        .set(f.text, "")
        .set(f.maybe_text, "same")
        .only_if(f.text.eq("").or(f.text.eq("same")))
        .await?;

    let item = found(db.get(Scalars::key("s")).await?);
    assert_eq!((item.text.as_str(), item.maybe_text.as_deref()), ("", Some("same")));
    Ok(())
}

async fn two_actions_on_one_path_are_refused(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Collections::fields();

    let both = update(&db).set(f.numbers, vec![1]).append(f.numbers, vec![2]);

    assert_eq!(refused_as(both.await), ErrorKind::Validation);
    assert_eq!(found(db.get(Collections::key("c")).await?).numbers, Vec::<i64>::new());
    Ok(())
}
