use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use crate::reply::{Act, Reply};

/// A request that came in whole.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// Which connection it came by, counted from 0.
    pub(crate) connection: usize,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        headers.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A server that speaks HTTP as badly as it is told: an act of the script for each request, the last one for all that
/// follow.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    task: JoinHandle<()>,
}

struct Shared {
    script: Vec<Act>,
    next: AtomicUsize,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Server {
    pub(crate) async fn play(script: impl IntoIterator<Item = Act>) -> Self {
        Self::play_at("127.0.0.1:0", script).await
    }

    pub(crate) async fn play_at(address: &str, script: impl IntoIterator<Item = Act>) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let script: Vec<_> = script.into_iter().collect();
        let shared = Arc::new(Shared { script, next: AtomicUsize::new(0), seen: Arc::clone(&seen) });
        let task = tokio::spawn(async move {
            for connection in 0.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                let shared = Arc::clone(&shared);
                // An error is the client's leave.
                tokio::spawn(async move { shared.serve(stream, connection).await.ok() });
            }
        });
        Self { address, seen, task }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests that came in whole.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn serve(&self, mut stream: TcpStream, connection: usize) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        while let Some(seen) = read(&mut stream, connection).await? {
            let act = self.next.fetch_add(1, Ordering::SeqCst).min(self.script.len() - 1);
            let Reply { parts, closes } = self.script[act](&seen);
            self.seen.lock().unwrap().push(seen);
            for (pause, bytes) in parts {
                tokio::time::sleep(pause).await;
                stream.write_all(&bytes).await?;
            }
            if closes {
                return stream.shutdown().await;
            }
        }
        Ok(())
    }
}

/// The next request, or `None` where the client has closed the connection.
async fn read(stream: &mut TcpStream, connection: usize) -> std::io::Result<Option<Seen>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let mut seen = Seen {
        connection,
        head: String::from_utf8_lossy(&bytes[..head]).into_owned(),
        body: bytes.split_off(head),
    };
    let length = seen.header("content-length").map_or(0, |length| length.parse().unwrap());
    while seen.body.len() < length {
        if stream.read_buf(&mut seen.body).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(seen))
}
