use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use aws_credential_types::Credentials;
use dynamorm::{Db, aws};

use crate::item::Client;

/// A server on loopback that answers each operation with what DynamoDB would answer to it for [`Client`]; on threads of
/// its own, so that what it allocates is not counted.
pub(crate) struct Server {
    url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (stream, seen) = (stream.unwrap(), Arc::clone(&shared));
                thread::spawn(move || serve(&stream, &seen));
            }
        });
        Self { url, seen }
    }

    /// A database on this server, as a program makes one; nothing of it comes from the machine.
    pub(crate) async fn db(&self) -> Db {
        let credentials = Credentials::from_keys("AKIDEXAMPLE", "secret", None);
        let config =
            aws::config().region("eu-west-1").endpoint_url(&self.url).credentials_provider(credentials);
        Db::aws(&config.load().await).unwrap()
    }

    /// The operations since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// Answers until the client has gone.
fn serve(stream: &TcpStream, seen: &Mutex<Vec<String>>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut operation) = (0, String::new());
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line == "\r\n" {
                    break;
                }
                continue;
            };
            match name {
                "content-length" => length = value.parse().unwrap(),
                "x-amz-target" => operation = value.rsplit('.').next().unwrap().to_owned(),
                _ => {}
            }
        }
        reader.read_exact(&mut vec![0; length]).ok()?;
        let body = body(&operation);
        seen.lock().unwrap().push(operation);
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: {}\r\nx-amz-crc32: {}\r\ndate: Sun, 22 Nov 2026 13:00:00 GMT\r\n\r\n",
            body.len(),
            crc32fast::hash(body.as_bytes()),
        );
        (&*stream).write_all(format!("{head}{body}").as_bytes()).ok()?;
    }
}

fn body(operation: &str) -> String {
    let items = || (0..100).map(Client::json).collect::<Vec<_>>().join(",");
    match operation {
        "GetItem" => format!(r#"{{"Item":{}}}"#, Client::json(1)),
        "Query" | "Scan" => format!(r#"{{"Count":100,"Items":[{}],"ScannedCount":100}}"#, items()),
        "BatchGetItem" => format!(r#"{{"Responses":{{"clients":[{}]}},"UnprocessedKeys":{{}}}}"#, items()),
        _ => "{}".to_owned(),
    }
}
