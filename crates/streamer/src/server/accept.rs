//! Takes TCP connections and speaks HTTP on them until the server stops.

use std::{io, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::tls::Tls;

/// How long a client may take to send a request's head, and may keep a connection without one.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// The same while more than half of the places are taken, so that silent clients do not keep others out for long.
const HURRIED_HEAD_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a request that is under way may take once the server stops.
const STOPPING_TIMEOUT: Duration = Duration::from_secs(1);

/// The most bytes of a request's head. Room for a token in each of its places.
const HEAD_BYTES: usize = 64 * 1024;

/// How long to wait when a connection cannot be taken, for want of file descriptors as a rule.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// What speaks HTTP on each connection, and until when.
#[derive(Clone)]
pub(super) struct Accept {
    pub(super) router: Router,
    /// What is spoken below HTTP, where that is not TCP itself.
    pub(super) tls: Option<Arc<Tls>>,
    pub(super) shutdown: CancellationToken,
    pub(super) tasks: TaskTracker,
}

impl Accept {
    /// Accepts until the shutdown, each connection in a task of its own, and at most `max_connections` at once
    /// that are no WebSocket: further ones wait in the operating system's queue.
    pub(super) async fn run(self, listener: TcpListener, max_connections: usize) {
        let places = Arc::new(Semaphore::new(max_connections));
        let mut is_failing = false;
        loop {
            let accepted = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return,
                accepted = next(&listener, &places) => accepted,
            };
            match accepted {
                Ok((stream, place)) => {
                    if is_failing {
                        tracing::info!("connections can be taken again");
                        is_failing = false;
                    }
                    let is_crowded = places.available_permits() < max_connections / 2;
                    let patience = if is_crowded { HURRIED_HEAD_TIMEOUT } else { HEAD_TIMEOUT };
                    self.tasks.spawn(self.clone().serve(stream, patience, place));
                }
                Err(error) => {
                    // Once: it would fill the log for as long as it lasts.
                    if !is_failing {
                        tracing::warn!(%error, "connections cannot be taken; trying on");
                        is_failing = true;
                    }
                    tokio::time::sleep(ACCEPT_BACKOFF).await;
                }
            }
        }
    }

    /// Serves a connection. Its place is free again when it ends or becomes a WebSocket.
    async fn serve(self, stream: TcpStream, patience: Duration, _place: OwnedSemaphorePermit) {
        // Messages are small and wanted at once. A failure only costs that.
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.clone() else { return self.speak(stream, patience).await };
        let handshake = tokio::select! {
            biased;
            () = self.shutdown.cancelled() => return,
            handshake = timeout(patience, tls.accept(stream)) => handshake,
        };
        match handshake {
            Ok(Ok(stream)) => self.speak(stream, patience).await,
            Ok(Err(error)) => tracing::debug!(%error, "a TLS handshake failed"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        }
    }

    /// Speaks HTTP on a connection.
    async fn speak<S>(self, stream: S, patience: Duration)
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(self.router))
            .with_upgrades();
        let mut connection = pin!(connection);
        let served = tokio::select! {
            served = connection.as_mut() => served,
            () = self.shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                timeout(STOPPING_TIMEOUT, connection).await.unwrap_or(Ok(()))
            }
        };
        if let Err(error) = served {
            // The error's text names no part of the request: hyper never quotes what it read.
            tracing::debug!(%error, "an HTTP connection failed");
        }
    }
}

/// Takes a place and then the next connection.
async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let Ok(place) = Arc::clone(places).acquire_owned().await else {
        unreachable!("the semaphore is never closed")
    };
    let (stream, _) = listener.accept().await?;
    Ok((stream, place))
}
