//! `get`.

use dynamorm::prelude::*;

use crate::{
    model::{Order, OrderLine, Setting, Ticket},
    refusal::refused_as,
    registry::{Outcome, cases},
};

cases![
    finds_nothing_where_nothing_is,
    finds_the_item_of_both_key_parts,
    reads_its_own_write_consistently,
    tells_models_of_one_partition_apart,
    fails_where_the_table_is_absent,
    names_the_attribute_that_it_cannot_read,
];

async fn finds_nothing_where_nothing_is(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;

    assert_eq!(db.get(Setting::key("theme")).await?, None);
    Ok(())
}

async fn finds_the_item_of_both_key_parts(db: Db) -> Outcome {
    db.ensure_table::<Ticket>().await?;
    db.put(&Ticket::new(1)).await?;
    db.put(&Ticket::new(2)).await?;

    assert_eq!(db.get(Ticket::key("q", 2_u32)).await?, Some(Ticket::new(2)));
    assert_eq!(db.get(Ticket::key("q", 3_u32)).await?, None);
    assert_eq!(db.get(Ticket::key("r", 2_u32)).await?, None);
    Ok(())
}

async fn reads_its_own_write_consistently(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    let setting = Setting::new("theme", "dark");

    db.put(&setting).await?;

    assert_eq!(db.get(Setting::key("theme")).consistent().await?, Some(setting));
    Ok(())
}

async fn tells_models_of_one_partition_apart(db: Db) -> Outcome {
    db.ensure_table::<Order>().await?;
    let order = Order::new("o-1");
    let line = OrderLine { order_id: "o-1".into(), line: 1, article: "pen".into() };

    db.create(&order).await?;
    db.create(&line).await?;

    assert_eq!(db.get(Order::key("o-1")).await?, Some(order));
    assert_eq!(db.get(OrderLine::key("o-1", 1_u32)).await?, Some(line));
    Ok(())
}

async fn fails_where_the_table_is_absent(db: Db) -> Outcome {
    assert_eq!(refused_as(db.get(Setting::key("theme")).await), ErrorKind::TableNotFound);
    Ok(())
}

/// What another program left in the table of [`Setting`].
mod other {
    use dynamorm::Model;

    #[derive(Debug, Model)]
    #[dynamorm(table = "settings", key(partition = name))]
    pub(super) struct Setting {
        pub(super) name: String,
        pub(super) value: Vec<u32>,
    }
}

async fn names_the_attribute_that_it_cannot_read(db: Db) -> Outcome {
    db.ensure_table::<Setting>().await?;
    db.put(&other::Setting { name: "theme".into(), value: vec![1] }).await?;

    let error = crate::refusal::refusal(db.get(Setting::key("theme")).await);

    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.attribute_path().map(ToString::to_string).as_deref(), Some("value"));
    Ok(())
}
