//! The one task that owns the socket.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until, timeout},
};
use tokio_tungstenite::tungstenite::{
    Error as SocketError, Message as Frame,
    error::ProtocolError,
    protocol::{CloseFrame, frame::coding::CloseCode},
};

use crate::{
    connector::{Connector, Socket, is_too_large},
    error::{Error, ErrorKind},
    exchanges::Exchanges,
    incoming::Incoming,
    link::Command,
    pace::Pace,
};

/// How long the server may take to answer a close frame.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);

/// How long to send nothing to a server that closed because it was sent too much.
const TOO_MANY_PAUSE: Duration = Duration::from_secs(5);

/// How long one frame may take to be written, before the server counts as gone.
const WRITE_WITHIN: Duration = Duration::from_secs(30);

// What the server closes with: `docs/protocol.md`.
const TOKEN_ENDED: u16 = 4401;
const TOO_MANY_MESSAGES: u16 = 4429;

/// The task that owns the socket.
pub(crate) struct Driver {
    connector: Connector,
    commands: mpsc::UnboundedReceiver<Command>,
    exchanges: Exchanges,
    pace: Pace,
    /// Whether the server said anything on this connection.
    has_heard: bool,
    ended: Arc<OnceLock<Error>>,
}

/// Why the task has done with a connection.
enum Leaving {
    /// Nobody needs it any more; whoever closed it is told when it is closed.
    Closed(Option<oneshot::Sender<()>>),
    /// It is gone, and another may be made.
    Lost(Error),
    /// It cannot go on.
    Failed(Error),
}

type Sink = SplitSink<Socket, Frame>;
type Stream = SplitStream<Socket>;

impl Driver {
    pub(crate) fn new(
        connector: Connector,
        commands: mpsc::UnboundedReceiver<Command>,
        ended: Arc<OnceLock<Error>>,
    ) -> Self {
        let (exchanges, pace) = (Exchanges::default(), Pace::new(Instant::now()));
        Self { connector, commands, exchanges, pace, has_heard: false, ended }
    }

    /// Runs until nobody needs the connection or it cannot be had.
    pub(crate) async fn run(mut self, mut socket: Socket) {
        let mut failures = 0;
        let mut closed = None;
        let error = loop {
            self.pace = self.pace.of_new_connection(Instant::now());
            self.has_heard = false;
            let begin = Instant::now();
            let (mut sink, mut stream) = socket.split();
            let leaving = self.serve(&mut sink, &mut stream).await;
            failures = Connector::failures_after(begin.elapsed(), self.has_heard, failures);
            let lost = match leaving {
                Leaving::Lost(error) => error,
                Leaving::Closed(reply) => {
                    close(sink, stream, CloseCode::Normal).await;
                    closed = reply;
                    break Error::closed();
                }
                Leaving::Failed(error) => {
                    close(sink, stream, CloseCode::Protocol).await;
                    break error;
                }
            };
            tracing::debug!(error = %lost, "the connection is lost");
            self.exchanges.connection_lost(&lost);
            socket = match self.reconnect(lost, &mut failures).await {
                Ok(socket) => socket,
                Err(Leaving::Closed(reply)) => {
                    closed = reply;
                    break Error::closed();
                }
                Err(Leaving::Lost(error) | Leaving::Failed(error)) => break error,
            };
            tracing::debug!("connected again");
        };
        // First, so that who finds the task gone finds the reason too.
        let _ = self.ended.set(error.clone());
        self.commands.close();
        self.exchanges.end_all(&error);
        if let Some(closed) = closed {
            let _ = closed.send(());
        }
    }

    async fn serve(&mut self, sink: &mut Sink, stream: &mut Stream) -> Leaving {
        let keep_alive = self.connector.settings.keep_alive;
        let mut quiet_until = Instant::now() + keep_alive;
        let mut is_pinged = false;
        // Until when the frame that is being written has to be out.
        let mut writing: Option<Instant> = None;
        loop {
            let has_message = writing.is_none() && self.exchanges.has_message();
            tokio::select! {
                command = self.commands.recv() => match command {
                    None => return Leaving::Closed(None),
                    Some(Command::Close { closed }) => return Leaving::Closed(Some(closed)),
                    Some(command) => self.exchanges.begin(command),
                },
                frame = stream.next() => {
                    quiet_until = Instant::now() + keep_alive;
                    is_pinged = false;
                    if let Err(leaving) = self.receive(frame, stream).await {
                        return leaving;
                    }
                }
                () = sleep_until(self.pace.ready_at()), if has_message => {
                    if let Some(text) = self.exchanges.next_message() {
                        self.pace.take(Instant::now());
                        if let Err(error) = sink.start_send_unpin(Frame::Text(text)) {
                            return lost(error);
                        }
                        writing = Some(Instant::now() + WRITE_WITHIN);
                    }
                }
                flushed = sink.flush(), if writing.is_some() => match flushed {
                    Ok(()) => writing = None,
                    Err(error) => return lost(error),
                },
                () = sleep_until(writing.unwrap_or(quiet_until)), if writing.is_some() => {
                    return Leaving::Lost(Error::new(ErrorKind::Connection, "the server does not read"));
                }
                () = sleep_until(quiet_until), if writing.is_none() => {
                    if is_pinged {
                        return Leaving::Lost(Error::new(ErrorKind::Connection, "the server is silent"));
                    }
                    is_pinged = true;
                    quiet_until = Instant::now() + keep_alive;
                    if let Err(error) = sink.start_send_unpin(Frame::Ping(Default::default())) {
                        return lost(error);
                    }
                    writing = Some(Instant::now() + WRITE_WITHIN);
                }
            }
        }
    }

    async fn receive(
        &mut self,
        frame: Option<Result<Frame, SocketError>>,
        stream: &mut Stream,
    ) -> Result<(), Leaving> {
        match frame {
            Some(Ok(Frame::Text(text))) => {
                self.has_heard = true;
                let incoming = Incoming::parse(text.as_str()).map_err(Leaving::Failed)?;
                if let Some(pause) = self.exchanges.receive(incoming) {
                    self.pace.pause(Instant::now(), pause);
                }
                Ok(())
            }
            Some(Ok(Frame::Binary(_))) => {
                Err(Leaving::Failed(Error::protocol("the server sent a binary frame")))
            }
            Some(Ok(Frame::Close(frame))) => {
                // To read on is to answer it.
                let _ = timeout(CLOSE_WITHIN, async { while let Some(Ok(_)) = stream.next().await {} }).await;
                Err(self.closed_by_server(frame))
            }
            Some(Ok(Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_))) => Ok(()),
            Some(Err(error)) => Err(self.broken(error)),
            None => Err(Leaving::Lost(Error::new(ErrorKind::Connection, "the connection was closed"))),
        }
    }

    fn closed_by_server(&mut self, frame: Option<CloseFrame>) -> Leaving {
        let Some(frame) = frame else {
            return Leaving::Lost(Error::new(ErrorKind::Connection, "the server closed the connection"));
        };
        let code = u16::from(frame.code);
        let message = format!("the server closed the connection: {code}: {}", frame.reason);
        match code {
            TOKEN_ENDED if !self.connector.token.is_renewed() => {
                Leaving::Failed(Error::new(ErrorKind::Unauthorized, message))
            }
            // To send the same again would end the same way.
            1002 | 1003 | 1007 | 1008 | 1009 => Leaving::Failed(Error::protocol(message)),
            _ => {
                if code == TOO_MANY_MESSAGES {
                    self.pace.pause(Instant::now(), TOO_MANY_PAUSE);
                }
                Leaving::Lost(Error::new(ErrorKind::Connection, message))
            }
        }
    }

    /// What a frame that cannot be read means.
    fn broken(&self, error: SocketError) -> Leaving {
        match error {
            error if is_too_large(&error) => {
                let limit = self.connector.settings.message_bytes;
                let message = format!("the server sent a message of more than {limit} bytes, the limit");
                Leaving::Failed(Error::caused_by(ErrorKind::Protocol, message, error))
            }
            SocketError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => lost(error),
            SocketError::Protocol(_) | SocketError::Utf8(_) => Leaving::Failed(Error::caused_by(
                ErrorKind::Protocol,
                "the server sent what is no WebSocket frame",
                error,
            )),
            error => lost(error),
        }
    }

    /// Connects again, and takes commands meanwhile.
    async fn reconnect(&mut self, lost: Error, failures: &mut u32) -> Result<Socket, Leaving> {
        let connector = self.connector.clone();
        let mut connecting = std::pin::pin!(connector.reconnect(lost, failures));
        loop {
            tokio::select! {
                connected = &mut connecting => return connected.map_err(Leaving::Failed),
                command = self.commands.recv() => match command {
                    None => return Err(Leaving::Closed(None)),
                    Some(Command::Close { closed }) => return Err(Leaving::Closed(Some(closed))),
                    Some(command) => self.exchanges.begin(command),
                },
            }
        }
    }
}

fn lost(error: SocketError) -> Leaving {
    Leaving::Lost(Error::caused_by(ErrorKind::Connection, "the connection was lost", error))
}

/// Says that the connection ends and waits for the server to agree, but never long.
async fn close(mut sink: Sink, mut stream: Stream, code: CloseCode) {
    let closing = async {
        let frame = CloseFrame { code, reason: Default::default() };
        if sink.send(Frame::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = stream.next().await {}
        }
    };
    // The connection is over either way.
    let _ = timeout(CLOSE_WITHIN, closing).await;
}
