//! AWS's SDK with serde_dynamo, as their users write it: the SDK with its defaults.

mod codec;
mod item;
mod requests;

pub use self::item::Connection;

use anyhow::bail;
use aws_config::{BehaviorVersion, SdkConfig};

use crate::{
    measurement::Measurement,
    meter::{Arguments, Counter, Meter, print},
    operation::Operation,
    sample,
};

/// Measures what the command line asks for.
///
/// # Errors
/// When it asks for what this side has not, or a request fails.
pub fn measure(counter: Option<Counter>) -> anyhow::Result<()> {
    let arguments = Arguments::read(0)?;
    let meter = Meter::new(&arguments, counter)?.on_one_processor();
    print(measured(&meter, &arguments)?)
}

fn measured(meter: &Meter, arguments: &Arguments) -> anyhow::Result<Measurement> {
    match arguments.operation {
        Operation::Put | Operation::Get | Operation::Update | Operation::Query | Operation::BatchGet => {
            let client = aws_sdk_dynamodb::Client::new(&meter.prepare(config(&arguments.place)));
            requests::measure(meter, arguments.operation, client)
        }
        Operation::Encode | Operation::Decode | Operation::DecodePage => {
            codec::measure(meter, arguments.operation)
        }
        Operation::MemoryGet | Operation::MemoryPut | Operation::FileGet | Operation::FilePut => {
            bail!("the SDK has no embedded engine")
        }
    }
}

/// The credentials and the region come from the environment, which `cargo bench` sets.
async fn config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest()).endpoint_url(endpoint).load().await
}

/// The shortest program: configures itself from the environment and writes one item.
///
/// # Errors
/// When the item cannot be written.
pub async fn put_once() -> anyhow::Result<()> {
    let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
    let client = aws_sdk_dynamodb::Client::new(&config);
    let item = serde_dynamo::to_item(Connection::sample(0))?;
    client.put_item().table_name(sample::TABLE).set_item(Some(item)).send().await?;
    Ok(())
}
