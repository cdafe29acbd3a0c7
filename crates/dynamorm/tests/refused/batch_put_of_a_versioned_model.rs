use dynamorm::prelude::*;

#[derive(Model)]
#[dynamorm(table = "accounts", key(partition = account_id))]
struct Account {
    account_id: String,
    #[dynamorm(version)]
    version: u64,
}

fn refused(db: Db, account: Account, accounts: Vec<Account>) {
    let _ = db.batch_write().delete(Account::key("a-1")).put(&account);
    let _ = db.batch_write().put_all(&accounts);
}

fn main() {}
