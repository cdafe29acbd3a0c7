//! The `streamer` command: one file per subcommand.

mod announcement;
mod bench;
mod capacity;
mod client_limits;
mod confirmation;
mod connections;
mod environment;
mod global;
mod indented;
mod listen_address;
mod logging;
mod loopback;
mod monitoring;
mod output;
mod payload;
mod permission_flags;
mod proceeding;
mod reap;
mod reference;
mod requests;
mod serve;
mod server_address;
mod submit;
mod subscriptions;
mod tables;
mod tls;
mod token_keys;
mod work;
mod worker_flags;

use std::{ffi::OsString, process::ExitCode, time::Duration};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind as ClapErrorKind};

pub use reference::reference;

use self::{
    environment::{asks_for_json, without_empty_variables},
    global::Global,
    output::Output,
};
use crate::{
    error::{Error, ErrorKind, Result},
    handler::Handlers,
};

/// What `--help` says after the flags, and what the errors' kinds promise.
const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed
  2  the command line, the environment or a file that they name is not usable
  3  what was asked for is not there: the database, its tables, or what has this id
  4  the database cannot be reached now: another process holds it, or it does not answer; or the server cannot
  5  the database file is damaged, or is no database of this program
  6  the address to listen on is taken, or is not this machine's
  7  the request that was waited for failed or was cancelled
  8  the request that was waited for had not ended when the time was up
  130  Ctrl-C ended it, or a second signal stopped the server at once";

/// What `--db` takes.
const DATABASES: &str = "\
Databases:
  embedded:FILE      a file; commands go through the server that holds it
  memory:            in this process alone, and gone with it
  dynamodb://REGION  Amazon DynamoDB, with the credentials that AWS's own tools find
  dynamodb:          the same, in the region that they find
  dynamodb://REGION?endpoint=URL&prefix=PREFIX
                     something else that speaks DynamoDB's protocol; `prefix` does
                     what `--table-prefix` does";

/// How long threads may take to end once a command is done.
const THREAD_PATIENCE: Duration = Duration::from_secs(1);

const EXAMPLES: &str = "\
Examples:
  streamer serve
  streamer serve --db dynamodb://eu-west-1
  streamer submit count --payload '{\"to\":3}'
  streamer connections list --user u-1 --json
  streamer requests submit count --payload '{\"to\":3}' --tenant acme --user ann
  streamer connections stale --before 2h --yes";

/// Long-running requests over WebSockets.
///
/// `streamer serve` runs the server; the other commands look into its store, while it runs or not.
#[derive(Debug, Parser)]
#[command(name = "streamer", version, after_help = EXAMPLES, after_long_help = format!("{EXAMPLES}\n\n{DATABASES}\n\n{EXIT_CODES}"))]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Box<serve::Serve>),
    Work(work::Work),
    Submit(submit::Submit),
    Bench(bench::Bench),
    #[command(subcommand)]
    Connections(connections::Connections),
    #[command(subcommand)]
    Requests(requests::Requests),
    #[command(subcommand)]
    Subscriptions(subscriptions::Subscriptions),
    Reap(reap::Reap),
    #[command(subcommand)]
    Tables(tables::Tables),
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    run_with(Handlers::new())
}

/// Runs the command line of this process: that of a program with handlers of its own, which `serve` and `work` have besides
/// the built-in ones, each in place of a built-in one of the same action.
pub fn run_with(handlers: Handlers) -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let matches = without_empty_variables(command()).try_get_matches_from(&arguments);
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error, &arguments),
    };
    let output = Output::new(cli.global.json);
    match execute(cli, &output, handlers) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output.error(&error);
            error.kind().into()
        }
    }
}

/// Returns the definition of the command line, to generate texts from.
pub fn command() -> clap::Command {
    Cli::command()
}

fn execute(cli: Cli, output: &Output, handlers: Handlers) -> Result<()> {
    let Some(command) = cli.command else {
        return output.text(&command().render_help().to_string());
    };
    let is_server = matches!(command, Command::Serve(_) | Command::Work(_));
    let default_filter = if is_server { "info" } else { "warn" };
    if is_server {
        // A panic's text may be of a payload, and its lines no JSON: where it came from is logged, and no more.
        std::panic::set_hook(Box::new(|panic| {
            let at = panic.location().map(ToString::to_string);
            tracing::error!(at, "a thread panicked");
        }));
    }
    logging::start(cli.global.log.as_deref(), default_filter, cli.global.log_format)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| {
        Error::new(ErrorKind::Failed, "the async runtime cannot be started").caused_by(error)
    })?;
    let done = runtime.block_on(async {
        match command {
            Command::Serve(serve) => serve.run(&cli.global, output, handlers).await,
            Command::Work(work) => work.run(&cli.global, output, handlers).await,
            Command::Submit(submit) => submit.run(output).await,
            Command::Bench(bench) => bench.run(output).await,
            Command::Connections(connections) => connections.run(&cli.global, output).await,
            Command::Requests(requests) => requests.run(&cli.global, output).await,
            Command::Subscriptions(subscriptions) => subscriptions.run(&cli.global, output).await,
            Command::Reap(reap) => reap.run(&cli.global, output).await,
            Command::Tables(tables) => tables.run(&cli.global, output).await,
        }
    });
    // What is still under way is a handler's that heeds nothing: its request is given back already.
    runtime.shutdown_timeout(THREAD_PATIENCE);
    done
}

/// Prints help, the version, or what is wrong with the command line.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    // `streamer connections` alone asks what there is, as `streamer` alone does.
    if error.kind() == ClapErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let printed = Output::new(false).text(&error.to_string());
        return printed.map_or_else(|error| error.kind().into(), |()| ExitCode::SUCCESS);
    }
    // What was parsed is lost with the error, so the flag is looked for by hand.
    if error.use_stderr() && asks_for_json(&command(), arguments) {
        let message = error.to_string();
        let message = message.strip_prefix("error: ").unwrap_or(&message).trim_end();
        Output::new(true).error(&Error::configuration(message));
    } else {
        // Nobody is left to tell when standard error is closed.
        let _ = error.print();
    }
    if error.use_stderr() { ErrorKind::Configuration.into() } else { ExitCode::SUCCESS }
}
