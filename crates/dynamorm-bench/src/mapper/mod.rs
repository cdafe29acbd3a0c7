//! This project's side.

#[cfg(feature = "aws-core")]
mod codec;
mod item;
#[cfg(feature = "aws-core")]
mod requests;

pub use self::item::Connection;

#[cfg(feature = "aws-core")]
pub use self::over_aws::{measure, put_once};

#[cfg(feature = "aws-core")]
mod over_aws {
    use anyhow::bail;
    use dynamorm::Db;

    use super::{Connection, codec, requests};
    use crate::{
        measurement::Measurement,
        meter::{Arguments, Counter, Meter, print},
        operation::Operation,
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
                requests::measure(meter, arguments.operation, meter.prepare(connect(&arguments.place))?)
            }
            Operation::Encode | Operation::Decode | Operation::DecodePage => {
                codec::measure(meter, arguments.operation)
            }
            Operation::MemoryGet | Operation::MemoryPut | Operation::FileGet | Operation::FilePut => {
                bail!("the embedded engine has a program of its own")
            }
        }
    }

    /// The credentials and the region come from the environment, which `cargo bench` sets.
    async fn connect(endpoint: &str) -> anyhow::Result<Db> {
        Ok(Db::aws(&dynamorm::aws::config().endpoint_url(endpoint).load().await)?)
    }

    /// The shortest program: configures itself from the environment and writes one item.
    ///
    /// # Errors
    /// When the item cannot be written.
    pub async fn put_once() -> anyhow::Result<()> {
        let db = Db::aws(&dynamorm::aws::config().load().await)?;
        db.put(&Connection::sample(0)).await?;
        Ok(())
    }
}
