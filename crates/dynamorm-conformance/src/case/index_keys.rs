//! Index keys follow the fields that they are made of, in every verb.

use dynamorm::{Error, prelude::*};

use crate::{
    model::{Order, OrderTenantIdAndRegion, Status},
    refusal::{found, refusal, refused_as},
    registry::{Outcome, cases},
};

cases![
    put_writes_them,
    put_rewrites_them,
    delete_takes_the_item_out_of_its_indexes,
    set_of_a_field_that_is_a_key_moves_the_item,
    set_of_a_part_beside_the_primary_key_rejoins_the_key,
    set_group_rejoins_the_key,
    rekey_takes_the_other_part_from_an_item_in_hand,
    rekey_refuses_when_a_part_changed_meanwhile,
    rekey_of_a_deleted_item_is_not_found,
    rekey_keeps_the_conditions_of_the_caller,
    an_item_without_a_part_is_not_in_the_index,
    set_of_a_missing_part_enters_the_index,
    set_of_none_leaves_the_index,
    an_item_without_the_sort_key_is_not_in_the_index,
    a_part_with_a_delimiter_stays_in_its_partition,
];

async fn stored(db: &Db) -> Result<Order, Error> {
    db.ensure_table::<Order>().await?;
    let order = Order::new("o-1");
    db.create(&order).await?;
    Ok(order)
}

async fn put_writes_them(db: Db) -> Outcome {
    let order = stored(&db).await?;

    let by_region = db.query(Order::by_region("t-1", "eu")).take(2).await?;
    let by_owner = db.query(Order::by_owner("ann").status().eq(Status::Open)).take(2).await?;

    assert_eq!(by_region.items, std::slice::from_ref(&order));
    assert_eq!(by_owner.items, [order]);
    Ok(())
}

async fn put_rewrites_them(db: Db) -> Outcome {
    let mut order = stored(&db).await?;
    order.region = "us".into();

    db.put(&order).await?;

    assert_eq!(db.query(Order::by_region("t-1", "eu")).count().await?, 0);
    assert_eq!(db.query(Order::by_region("t-1", "us")).take(2).await?.items, [order]);
    Ok(())
}

async fn delete_takes_the_item_out_of_its_indexes(db: Db) -> Outcome {
    stored(&db).await?;

    db.delete(Order::key("o-1")).await?;

    assert_eq!(db.query(Order::by_region("t-1", "eu")).count().await?, 0);
    assert_eq!(db.query(Order::by_owner("ann")).count().await?, 0);
    Ok(())
}

async fn set_of_a_field_that_is_a_key_moves_the_item(db: Db) -> Outcome {
    stored(&db).await?;

    let new = db.update(Order::key("o-1")).set(Order::fields().owner, "bea").returning_new().await?;

    assert_eq!(db.query(Order::by_owner("ann")).count().await?, 0);
    assert_eq!(db.query(Order::by_owner("bea")).take(2).await?.items, [new]);
    Ok(())
}

async fn set_of_a_part_beside_the_primary_key_rejoins_the_key(db: Db) -> Outcome {
    stored(&db).await?;

    let new =
        db.update(Order::key("o-1")).set(Order::fields().status, Status::Shipped).returning_new().await?;

    assert_eq!(db.query(Order::by_owner("ann").status().eq(Status::Open)).count().await?, 0);
    assert_eq!(db.query(Order::by_owner("ann").status().eq(Status::Shipped)).take(2).await?.items, [new]);
    Ok(())
}

async fn set_group_rejoins_the_key(db: Db) -> Outcome {
    stored(&db).await?;

    let group = OrderTenantIdAndRegion { tenant_id: "t-2".into(), region: "us".into() };
    let new = db.update(Order::key("o-1")).set_group(group).returning_new().await?;

    assert_eq!(db.query(Order::by_region("t-1", "eu")).count().await?, 0);
    assert_eq!(db.query(Order::by_region("t-2", "us")).take(2).await?.items, [new]);
    Ok(())
}

async fn rekey_takes_the_other_part_from_an_item_in_hand(db: Db) -> Outcome {
    let order = stored(&db).await?;

    let new =
        db.update(Order::key("o-1")).rekey(&order).set(Order::fields().region, "us").returning_new().await?;

    assert_eq!((new.tenant_id.as_str(), new.region.as_str()), ("t-1", "us"));
    assert_eq!(db.query(Order::by_region("t-1", "eu")).count().await?, 0);
    assert_eq!(db.query(Order::by_region("t-1", "us")).take(2).await?.items, [new]);
    Ok(())
}

async fn rekey_refuses_when_a_part_changed_meanwhile(db: Db) -> Outcome {
    let read = stored(&db).await?;
    let group = OrderTenantIdAndRegion { tenant_id: "t-2".into(), region: "eu".into() };
    let changed = db.update(Order::key("o-1")).set_group(group).returning_new().await?;

    let error = refusal(db.update(Order::key("o-1")).rekey(&read).set(Order::fields().region, "us").await);

    assert_eq!(error.kind(), ErrorKind::ConditionFailed);
    assert_eq!(error.stored::<Order>()?.as_ref(), Some(&changed));
    assert_eq!(db.query(Order::by_region("t-2", "eu")).take(2).await?.items, [changed]);
    Ok(())
}

async fn rekey_of_a_deleted_item_is_not_found(db: Db) -> Outcome {
    let read = stored(&db).await?;
    db.delete(Order::key("o-1")).await?;

    let update = db.update(Order::key("o-1")).rekey(&read).set(Order::fields().region, "us");

    assert_eq!(refused_as(update.await), ErrorKind::NotFound);
    Ok(())
}

async fn rekey_keeps_the_conditions_of_the_caller(db: Db) -> Outcome {
    let read = stored(&db).await?;
    let f = Order::fields();

    let update = db.update(Order::key("o-1")).rekey(&read).set(f.region, "us").only_if(f.total.gt(0));

    assert_eq!(refused_as(update.await), ErrorKind::ConditionFailed);
    Ok(())
}

async fn an_item_without_a_part_is_not_in_the_index(db: Db) -> Outcome {
    let mut order = stored(&db).await?;
    let before = db.query(Order::by_courier("fox")).count().await?;

    order.courier = Some("fox".into());
    db.put(&order).await?;
    let with = db.query(Order::by_courier("fox")).count().await?;
    order.courier = None;
    db.put(&order).await?;

    assert_eq!((before, with, db.query(Order::by_courier("fox")).count().await?), (0, 1, 0));
    Ok(())
}

async fn set_of_a_missing_part_enters_the_index(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Order::fields();

    db.update(Order::key("o-1")).set(f.courier, "fox").set(f.lane, "l").set(f.priority, 3_u32).await?;

    assert_eq!(db.query(Order::by_courier("fox")).count().await?, 1);
    assert_eq!(db.query(Order::by_priority("l").priority().ge(3_u32)).count().await?, 1);
    Ok(())
}

async fn set_of_none_leaves_the_index(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Order::fields();
    db.update(Order::key("o-1")).set(f.courier, "fox").set(f.lane, "l").set(f.priority, 3_u32).await?;

    let new = db
        .update(Order::key("o-1"))
        .set(f.courier, None::<String>)
        .set(f.lane, None::<String>)
        .returning_new()
        .await?;

    assert_eq!((new.courier, new.lane), (None, None));
    assert_eq!(db.query(Order::by_courier("fox")).count().await?, 0);
    assert_eq!(db.query(Order::by_priority("l")).count().await?, 0);
    Ok(())
}

async fn an_item_without_the_sort_key_is_not_in_the_index(db: Db) -> Outcome {
    stored(&db).await?;
    let f = Order::fields();

    db.update(Order::key("o-1")).set(f.lane, "l").await?;
    let without = db.query(Order::by_priority("l")).count().await?;
    db.update(Order::key("o-1")).set(f.priority, 1_u32).await?;
    let with = db.query(Order::by_priority("l")).count().await?;
    db.update(Order::key("o-1")).remove(f.priority).await?;

    assert_eq!((without, with, db.query(Order::by_priority("l")).count().await?), (0, 1, 0));
    Ok(())
}

async fn a_part_with_a_delimiter_stays_in_its_partition(db: Db) -> Outcome {
    stored(&db).await?;

    let group = OrderTenantIdAndRegion { tenant_id: "t-1#R#eu".into(), region: "x".into() };
    db.update(Order::key("o-1")).set_group(group).await?;

    assert_eq!(db.query(Order::by_region("t-1", "eu#R#x")).count().await?, 0);
    let moved = db.query(Order::by_region("t-1#R#eu", "x")).take(2).await?;
    assert_eq!(found(moved.first()).tenant_id, "t-1#R#eu");
    Ok(())
}
