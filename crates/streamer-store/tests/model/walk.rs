use std::{fmt::Debug, future::Future, time::Duration};

use dynamorm::testing::{SeededRandom, TestClock};
use libtest_mimic::{Failed, Trial};
use proptest::{
    collection,
    strategy::BoxedStrategy,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner},
};
use streamer_store::{Error, ErrorKind, StoreFactory};

use crate::engine::Engine;

/// What a step came to: an error says in what store and reference differ.
pub(crate) type Step = Result<(), TestCaseError>;

/// A store and the reference beside it, which commands take from one state to the next.
pub(crate) trait Walk: Sized {
    type Command: Clone + Debug + 'static;

    /// How a command is drawn.
    fn command() -> BoxedStrategy<Self::Command>;

    /// A walk over empty tables.
    fn begin(stores: StoreFactory, clock: TestClock) -> Self;

    /// Does one command to both, and compares.
    fn step(&mut self, command: Self::Command) -> impl Future<Output = Step>;

    /// Compares all that is stored.
    fn end(&mut self) -> impl Future<Output = Step>;
}

/// Commands of a walk at most.
const MAX_COMMANDS: usize = 60;

/// Two shards: a look at all of them is short, and there are several.
const SHARDS: u32 = 2;

/// How long a walk that fails is shortened.
const SHRINK_PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn trial<W: Walk>(name: &str, engine: Engine) -> Trial {
    let name = format!("{}::{name}::does_what_the_contract_says", engine.name());
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let asked = std::env::var_os("PROPTEST_CASES").map(|_| Config::default().cases);
        let config = Config {
            cases: asked.unwrap_or_else(|| walks(&engine)),
            failure_persistence: None,
            max_shrink_iters: 100_000,
            max_shrink_time: u32::try_from(SHRINK_PATIENCE.as_millis())?,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
        let commands = collection::vec(W::command(), 1..=MAX_COMMANDS);
        let walked = runner.run(&commands, |commands| runtime.block_on(walk::<W>(&engine, commands)));
        walked.map_err(|error| match error {
            TestError::Fail(reason, commands) => Failed::from(format!("{reason}\nafter {commands:#?}")),
            TestError::Abort(reason) => Failed::from(reason.to_string()),
        })
    })
}

/// How many walks there are unless more are asked for: as many as take some seconds.
fn walks(engine: &Engine) -> u32 {
    match engine {
        Engine::Memory => 150,
        Engine::DynamoDbLocal(_) => 12,
    }
}

async fn walk<W: Walk>(engine: &Engine, commands: Vec<W::Command>) -> Step {
    let clock = TestClock::new();
    let db = engine.database().await.with_clock(clock.clone()).with_random(SeededRandom::new(1));
    let stores = StoreFactory::from_db(db).with_shards(SHARDS);
    stores.ensure_tables().await.unwrap();
    let mut walk = W::begin(stores, clock);
    for command in commands {
        walk.step(command).await?;
    }
    walk.end().await
}

/// What a call answered: its value, or the kind of its error.
pub(crate) fn answer<T>(result: Result<T, Error>) -> Result<T, ErrorKind> {
    result.map_err(|error| error.kind().clone())
}
