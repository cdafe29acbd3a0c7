//! The server that answers the requests: a process of its own, so that its work is not counted.

use std::{
    env,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
};

use anyhow::Context as _;
use dynamorm_bench::{
    answer,
    processor::{self, Place},
};
use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

/// What makes this program the stub.
pub(crate) const ARGUMENT: &str = "--stub";

/// The stub as whoever started it has it. It ends with its handle.
pub(crate) struct StubProcess {
    child: Child,
    pub(crate) endpoint: String,
}

impl StubProcess {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let program = env::current_exe()?;
        let mut command = Command::new(program);
        let child = command.arg(ARGUMENT).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut child = child.context("the stub does not start")?;
        let mut port = String::new();
        let stdout = child.stdout.take().context("the stub has no output")?;
        BufReader::new(stdout).read_line(&mut port)?;
        Ok(Self { child, endpoint: format!("http://127.0.0.1:{}", port.trim()) })
    }
}

impl Drop for StubProcess {
    fn drop(&mut self) {
        // It may have ended by itself, which is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Serves until the input ends: when whoever started it is gone, however that came.
pub(crate) fn serve() -> anyhow::Result<()> {
    processor::stay(Place::Last);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", listener.local_addr()?.port())?;
    stdout.flush()?;

    let answers = Arc::new(Answers::new());
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answers = Arc::clone(&answers);
            thread::spawn(move || answer_all(stream, &answers));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// A body, and the checksum that DynamoDB gives with it.
struct Answer {
    body: String,
    crc32: u32,
}

struct Answers {
    written: Answer,
    item: Answer,
    page: Answer,
    batch: Answer,
    unknown: Answer,
}

impl Answers {
    fn new() -> Self {
        let answer = |body: String| Answer { crc32: crc32fast::hash(body.as_bytes()), body };
        Self {
            written: answer(answer::WRITTEN.to_owned()),
            item: answer(answer::item()),
            page: answer(answer::page()),
            batch: answer(answer::batch()),
            unknown: answer(r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#.to_owned()),
        }
    }

    fn of(&self, operation: &str) -> (&'static str, &Answer) {
        let answer = match operation {
            "PutItem" | "UpdateItem" => &self.written,
            "GetItem" => &self.item,
            "Query" => &self.page,
            "BatchGetItem" => &self.batch,
            _ => return ("400 Bad Request", &self.unknown),
        };
        ("200 OK", answer)
    }
}

/// Answers the requests of one connection, one after the other, until either side ends it.
fn answer_all(mut stream: TcpStream, answers: &Answers) {
    // Without it an answer may wait for an acknowledgement, and the figures with it.
    let _ = stream.set_nodelay(true);
    let mut received = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    let mut sent = Vec::new();
    loop {
        let Some(request) = Request::parse(&received) else {
            match stream.read(&mut chunk) {
                Ok(0) | Err(_) => return,
                Ok(length) => received.extend_from_slice(&chunk[..length]),
            }
            continue;
        };
        let (status, answer) = answers.of(&request.operation);
        received.drain(..request.length);
        sent.clear();
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()).unwrap_or_default();
        let head = write!(
            sent,
            "HTTP/1.1 {status}\r\nServer: Server\r\nDate: {date}\r\nContent-Type: application/x-amz-json-1.0\r\n\
             Content-Length: {}\r\nConnection: keep-alive\r\n\
             x-amzn-RequestId: 7S5OLMJ8TPS1D9VUVJ1FAKE00BVV4KQNSO5AEMVJF66Q9ASUAAJG\r\n\
             x-amz-crc32: {}\r\n\r\n{}",
            answer.body.len(),
            answer.crc32,
            answer.body,
        );
        if head.and_then(|()| stream.write_all(&sent)).is_err() {
            return;
        }
    }
}

/// As much of a request as the stub has to know.
struct Request {
    operation: String,
    /// Head and body.
    length: usize,
}

impl Request {
    /// The first request in `bytes`, if it is whole.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let head = std::str::from_utf8(bytes.get(..end)?).ok()?;
        let (mut body, mut operation) = (0, "");
        for (name, value) in head.lines().filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                body = value.trim().parse().ok()?;
            } else if name.eq_ignore_ascii_case("x-amz-target") {
                operation = value.trim().rsplit('.').next().unwrap_or_default();
            }
        }
        let length = end + 4 + body;
        (bytes.len() >= length).then(|| Self { operation: operation.to_owned(), length })
    }
}
