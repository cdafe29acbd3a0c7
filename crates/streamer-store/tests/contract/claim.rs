use std::{process::ExitCode, time::Duration};

use dynamorm::{
    testing::{Faults, Recording, SeededRandom, TestClock},
    transport::BoxFuture,
};
use libtest_mimic::{Arguments, Trial};
use streamer_store::StoreFactory;

use crate::{engine::Engine, stage::Stage};

/// Of the randomness of each claim.
const SEED: u64 = 1;

/// One claim: its name, and what shows it.
pub(crate) type Claim = (&'static str, fn(Stage) -> BoxFuture<'static, ()>);

/// Lists the claims of a file; one that is left out is a function that nothing calls, which the compiler reports.
macro_rules! claims {
    ($($claim:ident),+ $(,)?) => {
        pub(crate) const CLAIMS: &[$crate::claim::Claim] =
            &[$((concat!(module_path!(), "::", stringify!($claim)), |stage| Box::pin($claim(stage)))),+];
    };
}

pub(crate) use claims;

/// How long a claim may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs every claim on every engine, as the command line asks.
pub(crate) fn run(claims: &[Claim]) -> ExitCode {
    let trials = Engine::all()
        .into_iter()
        .flat_map(|engine| claims.iter().map(move |claim| trial(engine.clone(), *claim)));
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit_code()
}

fn trial(engine: Engine, (name, claim): Claim) -> Trial {
    let name = name.split_once("::").map_or(name, |(_, name)| name);
    Trial::test(format!("{}::{name}", engine.name()), move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let clock = TestClock::new();
            // The same in each run: what a dequeue leaves to chance would fail one run in a thousand.
            let db = engine.database().await.with_clock(clock.clone()).with_random(SeededRandom::new(SEED));
            let (db, faults) = Faults::under(db);
            let (db, recording) = Recording::under(db);
            let stores = StoreFactory::from_db(db);
            stores.ensure_tables().await?;
            recording.take();
            tokio::time::timeout(PATIENCE, claim(Stage { stores, clock, faults, recording })).await?;
            Ok(())
        })
    })
}
