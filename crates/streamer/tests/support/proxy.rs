//! A way to a server that can be cut, as networks cut it: both ends live on.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Passes connections on to a server, until they are cut.
pub struct Proxy {
    pub address: String,
    cuts: watch::Sender<u32>,
    connections: Arc<AtomicU32>,
    task: JoinHandle<()>,
}

impl Proxy {
    pub async fn to(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (server, cuts) = (server.to_owned(), watch::Sender::new(0));
        let (cut, connections) = (cuts.clone(), Arc::new(AtomicU32::new(0)));
        let count = Arc::clone(&connections);
        let task = tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::Relaxed);
                let (server, mut cut) = (server.clone(), cut.subscribe());
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(server).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = cut.changed() => {}
                    }
                });
            }
        });
        Self { address, cuts, connections, task }
    }

    /// Ends every connection in the middle of whatever it carries. New ones are passed on.
    pub fn cut(&self) {
        self.cuts.send_modify(|cuts| *cuts += 1);
    }

    /// How many connections there were.
    pub fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}
