//! One connection's life.

use std::{
    future::pending,
    pin::{Pin, pin},
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use futures_util::{FutureExt, SinkExt, StreamExt, future::BoxFuture};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Sleep, sleep, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message as Frame,
        protocol::{Role, WebSocketConfig},
    },
};
use tokio_util::sync::CancellationToken;

use super::{
    ending::Ending,
    heartbeat::{Beat, Heartbeat},
    registration::{Registration, Renewal},
    shared::Shared,
};
use crate::{
    action::{Actions, Answer, Caller},
    auth::Identity,
    delivery::Delivery,
    protocol::{
        Code, FRAME_BYTES, Failure, MESSAGE_BURST, MESSAGES_PER_SECOND, Message, Outgoing, REFUSAL_BURST,
        RateLimit, RequestId,
    },
};

/// How long a client may take to answer a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(2);

/// Buffers of one connection. Small, because a server holds thousands; messages are mostly smaller still.
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 4 * 1024;

/// Room for what waits beside the one message that is being written: its own head, pongs, the close frame.
const SMALL_FRAMES_BYTES: usize = 4 * 1024;

type Stream = WebSocketStream<TokioIo<Upgraded>>;

/// An open WebSocket with its connection's item.
pub(super) struct Socket {
    stream: Stream,
    registration: Registration,
    actions: Arc<Actions>,
    caller: Arc<Caller>,
    /// The message that is being answered. No other is read before it is, so that a client cannot pile up work.
    answering: Option<BoxFuture<'static, Answer>>,
    heartbeat: Heartbeat,
    /// How long one frame may take to be written: a client that reads nothing for a whole heartbeat interval
    /// could not answer a ping either.
    write_timeout: Duration,
    rate: RateLimit,
    /// How often the client is told that it sends too much.
    refusals: RateLimit,
    /// Pings and pongs, which are not answered by a refusal.
    control_frames: RateLimit,
    token_end: Pin<Box<Sleep>>,
    shutdown: CancellationToken,
}

impl Socket {
    pub(super) async fn new(
        shared: &Shared,
        upgraded: Upgraded,
        registration: Registration,
        identity: Identity,
    ) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(WRITE_BUFFER_BYTES)
            .max_write_buffer_size(FRAME_BYTES + SMALL_FRAMES_BYTES)
            .max_message_size(Some(FRAME_BYTES))
            .max_frame_size(Some(FRAME_BYTES));
        let stream =
            WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        let connection_id = registration.connection_id().to_owned();
        let outbox = shared.actions.delivery.open(&connection_id, &identity.tenant_id);
        let caller = Caller { connection_id, identity, outbox };
        Self {
            stream,
            registration,
            actions: Arc::clone(&shared.actions),
            answering: None,
            heartbeat: Heartbeat::new(shared.heartbeat_interval),
            write_timeout: shared.heartbeat_interval,
            rate: RateLimit::new(MESSAGES_PER_SECOND, MESSAGE_BURST, Instant::now()),
            refusals: RateLimit::new(MESSAGES_PER_SECOND, REFUSAL_BURST, Instant::now()),
            control_frames: RateLimit::new(MESSAGES_PER_SECOND, REFUSAL_BURST, Instant::now()),
            token_end: Box::pin(sleep(caller.identity.remaining(SystemTime::now()))),
            caller: Arc::new(caller),
            shutdown: shared.shutdown.clone(),
        }
    }

    /// Serves the client until the connection ends, then closes it and removes its item.
    pub(super) async fn run(mut self) {
        let ending = match self.serve().await {
            Ok(never) => match never {},
            Err(ending) => ending,
        };
        tracing::debug!(connection_id = self.registration.connection_id(), ?ending, "connection ends");
        self.actions.metrics.connections().ends(ending.name());
        self.delivery().close(&self.caller.outbox);
        tokio::join!(close(self.stream, ending), self.registration.remove());
    }

    async fn serve(&mut self) -> Result<std::convert::Infallible, Ending> {
        let (delivery, outbox) = (self.delivery().clone(), Arc::clone(&self.caller.outbox));
        // Kept from turn to turn: it may read the store, and a client's frames would have it begin again and again.
        let mut next = pin!(delivery.next(&outbox));
        loop {
            let is_answering = self.answering.is_some();
            tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return Err(Ending::Shutdown),
                () = self.token_end.as_mut() => return Err(Ending::TokenEnded),
                beat = self.heartbeat.beat() => match beat {
                    // No sign of life is read while a message is being answered.
                    Beat::Silent if !is_answering => return Err(Ending::Silent),
                    Beat::Ping | Beat::Silent => self.send(Frame::Ping(Default::default())).await?,
                },
                answer = answered(&mut self.answering) => self.send_answer(answer).await?,
                frame = self.stream.next(), if !is_answering => {
                    let frame = frame.ok_or(Ending::Lost)??;
                    self.heartbeat.sign();
                    self.receive(frame).await?;
                }
                (key, event) = next.as_mut() => {
                    next.set(delivery.next(&outbox));
                    // It was valid when it was submitted; by the command line too.
                    if let Ok(id) = RequestId::new(key.request_id) {
                        let name = event.name();
                        self.send(Frame::text(event.into_message(id).to_frame())).await?;
                        self.actions.metrics.deliveries().delivers(name);
                    }
                }
            }
        }
    }

    fn delivery(&self) -> &Delivery {
        &self.actions.delivery
    }

    async fn receive(&mut self, frame: Frame) -> Result<(), Ending> {
        match frame {
            Frame::Text(text) => self.begin_to_answer(Some(text.as_str()))?,
            Frame::Binary(_) => self.begin_to_answer(None)?,
            Frame::Close(_) => return Err(Ending::Closed),
            // The library has queued a ping's answer; reading on sends it.
            Frame::Ping(_) | Frame::Pong(_) | Frame::Frame(_) => {
                self.control_frames.take(Instant::now()).map_err(|_| Ending::TooMany)?;
            }
        }
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => Err(Ending::Shutdown),
            renewal = self.registration.renew() => match renewal {
                Renewal::Present => Ok(()),
                Renewal::Gone => Err(Ending::Removed),
            }
        }
    }

    /// Begins to answer a message; `None` is one that came in a binary frame. Good or bad, each counts.
    fn begin_to_answer(&mut self, text: Option<&str>) -> Result<(), Ending> {
        let now = Instant::now();
        let refused = if let Err(wait) = self.rate.take(now) {
            self.refusals.take(now).map_err(|_| Ending::TooMany)?;
            Outgoing::error(text.and_then(Message::request_id), rate_limited(wait))
        } else {
            match text.map(Message::parse) {
                Some(Ok(message)) => {
                    // Without its action, which may be any text: the log holds nothing of a message.
                    tracing::debug!(request_id = message.id.as_str(), "a message comes");
                    let (actions, caller) = (Arc::clone(&self.actions), Arc::clone(&self.caller));
                    self.answering = Some(actions.answer_whatever_breaks(message, caller).boxed());
                    return Ok(());
                }
                Some(Err(rejection)) => {
                    let request_id = rejection.request_id.as_ref().map(RequestId::as_str);
                    tracing::debug!(request_id, code = ?rejection.failure.code, "a message is refused");
                    rejection.into()
                }
                None => {
                    let text = "messages are JSON in text frames";
                    Outgoing::error(None, Failure::new(Code::ValidationError, text))
                }
            }
        };
        if let Some(code) = refused.code() {
            self.actions.metrics.refuses_message(code);
        }
        self.answering = Some(std::future::ready(Answer::only(refused)).boxed());
        Ok(())
    }

    /// Sends an answer; then the connection hears of the request that it is about.
    async fn send_answer(&mut self, answer: Answer) -> Result<(), Ending> {
        self.answering = None;
        self.heartbeat.sign();
        self.send(Frame::text(answer.message.to_frame())).await?;
        if let Some(key) = answer.then_hears_of {
            self.caller.outbox.release(&key);
        }
        Ok(())
    }

    /// Writes one frame. Nothing is read meanwhile, so that a client that does not read cannot pile up answers.
    async fn send(&mut self, frame: Frame) -> Result<(), Ending> {
        tokio::select! {
            biased;
            () = self.shutdown.cancelled() => Err(Ending::Shutdown),
            sent = timeout(self.write_timeout, self.stream.send(frame)) => match sent {
                Ok(sent) => sent.map_err(Ending::from),
                Err(_) => Err(Ending::SlowReader),
            }
        }
    }
}

/// Waits for the answer to the message that is being answered, if there is one.
async fn answered(answering: &mut Option<BoxFuture<'static, Answer>>) -> Answer {
    match answering {
        Some(answering) => answering.await,
        None => pending().await,
    }
}

fn rate_limited(wait: Duration) -> Failure {
    Failure::new(
        Code::RateLimited,
        format!("more than {MESSAGES_PER_SECOND} messages a second; send it again later"),
    )
    .with_details(serde_json::json!({ "retry_after_ms": wait.as_millis() as u64 + 1 }))
}

/// Says why the connection ends and waits for the client to agree, but never long.
async fn close(mut stream: Stream, ending: Ending) {
    let closing = async {
        if let Some(frame) = ending.close_frame() {
            stream.close(Some(frame)).await?;
        }
        if !ending.breaks_framing() {
            while stream.next().await.transpose()?.is_some() {}
            // TLS has an end of its own, without which a client takes the stream for cut off.
            stream.get_mut().shutdown().await?;
            return Ok(());
        }
        // To drop a stream with unread bytes resets it, and the close frame could be lost with them.
        let raw = stream.get_mut();
        raw.shutdown().await?;
        let mut rest = [0; READ_BUFFER_BYTES];
        while raw.read(&mut rest).await? > 0 {}
        Ok::<_, tokio_tungstenite::tungstenite::Error>(())
    };
    // The connection is over either way: a client that is gone or does not answer is not waited for.
    let _ = timeout(CLOSE_TIMEOUT, closing).await;
}
