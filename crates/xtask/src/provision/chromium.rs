use std::process::Command;

use anyhow::Context as _;

use super::program::{Program, run};

/// The names that Chromium and its relatives have in the PATH.
const BROWSERS: [Program; 4] = [
    browser("chromium"),
    browser("chromium-browser"),
    browser("google-chrome-stable"),
    browser("google-chrome"),
];

/// How a machine gets one that takes it from Debian; without what a desktop adds.
const INSTALLATION: [&[&str]; 2] =
    [&["update", "--quiet"], &["install", "--yes", "--quiet", "--no-install-recommends", "chromium"]];

const fn browser(name: &'static str) -> Program {
    Program {
        name,
        version: "--version",
        // The first whose `JSON.parse` says how a number was written.
        least: (114, 0),
        remedy: "on Debian `apt-get install chromium`",
    }
}

/// Finds a browser and returns its name. `installs` where it may be installed: on a machine that is there for the tests.
pub(super) fn set_up(installs: bool) -> anyhow::Result<&'static str> {
    match find(&BROWSERS) {
        Err(_) if installs => {
            println!("installing Chromium from Debian's packages");
            install().with_context(|| format!("Chromium cannot be installed; {}", BROWSERS[0].remedy))?;
            find(&BROWSERS)
        }
        found => found,
    }
}

/// The first that is there. Where none is, it is the first that is missing.
fn find(browsers: &[Program]) -> anyhow::Result<&'static str> {
    let mut missing = None;
    for browser in browsers {
        match browser.check() {
            Ok(()) => return Ok(browser.name),
            Err(error) => missing = missing.or(Some(error)),
        }
    }
    Err(missing.context("no browser is named")?)
}

fn install() -> anyhow::Result<()> {
    for arguments in INSTALLATION {
        run(Command::new("apt-get").args(arguments).env("DEBIAN_FRONTEND", "noninteractive"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABSENT: Program = browser("no-such-browser");

    #[test]
    fn is_the_first_that_is_there() {
        let shell = Program { name: "bash", least: (1, 0), ..ABSENT };

        assert_eq!(find(&[ABSENT, shell]).unwrap(), "bash");
    }

    #[test]
    fn is_asked_for_by_its_first_name_where_none_is_there() {
        let error = find(&[ABSENT, browser("neither")]).unwrap_err();

        let expected = "needs `no-such-browser` 114.0 or newer (on Debian `apt-get install chromium`): \
                        `no-such-browser` is not installed";
        assert_eq!(format!("{error:#}"), expected);
    }
}
