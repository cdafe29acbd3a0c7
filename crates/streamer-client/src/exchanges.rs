//! What is under way: messages to send, answers and requests that somebody waits for. No input or output is done here.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::{
    code::Code,
    error::{Error, ErrorKind},
    failure::Failure,
    incoming::Incoming,
    link::{Command, Reply},
    outgoing,
    progress::Progress,
    state::State,
};

/// The longest time for which a server may ask to be sent nothing.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How long to send nothing to a server that fails at a subscription.
const FAILURE_PAUSE: Duration = Duration::from_secs(1);

/// How often a subscription of this client's own is tried while the server fails at it.
const SUBSCRIPTION_TRIES: u32 = 5;

/// Every message and every request that is not done.
#[derive(Debug, Default)]
pub(crate) struct Exchanges {
    /// Messages that wait for one answer, by their ids.
    calls: HashMap<String, Call>,
    /// Requests that are followed, by their ids.
    requests: HashMap<String, Followed>,
    /// The ids of the messages to send. One that is not there any more is passed over.
    outbox: VecDeque<String>,
}

#[derive(Debug)]
struct Call {
    text: Utf8Bytes,
    is_sent: bool,
    is_repeatable: bool,
    purpose: Purpose,
}

#[derive(Debug)]
enum Purpose {
    /// Somebody wants the data.
    Answer(Reply<Box<RawValue>>),
    /// The request is to be followed; whoever asked for it is told when it is.
    Subscription { request_id: String, reply: Option<Reply<watch::Receiver<State>>>, tries: u32 },
    /// Nobody waits for the answer.
    Courtesy,
}

#[derive(Debug)]
struct Followed {
    state: watch::Sender<State>,
    /// Whether the server knows that this connection wants to hear of it: acknowledged or subscribed once.
    is_known: bool,
    submission: Option<Submission>,
}

/// A message that submits a request, until it is answered.
#[derive(Debug)]
struct Submission {
    text: Utf8Bytes,
    is_sent: bool,
    reply: Reply<watch::Receiver<State>>,
}

#[derive(Serialize)]
struct Named<'a> {
    request_id: &'a str,
}

impl Exchanges {
    /// Starts what a handle wants.
    pub(crate) fn begin(&mut self, command: Command) {
        match command {
            Command::Call { id, text, is_repeatable, reply } => {
                self.call(id, text, is_repeatable, Purpose::Answer(reply));
            }
            Command::Submit { id, text, reply } => self.submit(id, text, reply),
            Command::Subscribe { request_id, reply } => self.follow(request_id, reply),
            Command::Forget { id } => self.forget(&id),
            Command::Close { .. } => unreachable!("the driver ends with it"),
        }
    }

    /// Whether there is a message to send.
    pub(crate) fn has_message(&mut self) -> bool {
        let Self { calls, requests, outbox } = self;
        let is_there = |id: &String| {
            calls.contains_key(id) || requests.get(id).is_some_and(|request| request.submission.is_some())
        };
        while outbox.front().is_some_and(|id| !is_there(id)) {
            outbox.pop_front();
        }
        !outbox.is_empty()
    }

    /// Takes the next message, which counts as sent.
    pub(crate) fn next_message(&mut self) -> Option<Utf8Bytes> {
        while let Some(id) = self.outbox.pop_front() {
            if let Some(call) = self.calls.get_mut(&id) {
                call.is_sent = true;
                let text = call.text.clone();
                if matches!(call.purpose, Purpose::Courtesy) {
                    self.calls.remove(&id);
                }
                return Some(text);
            }
            if let Some(submission) = self.submission(&id) {
                submission.is_sent = true;
                return Some(submission.text.clone());
            }
        }
        None
    }

    /// Takes a message of the server; returns how long to send nothing, where it asks for a pause.
    pub(crate) fn receive(&mut self, incoming: Incoming) -> Option<Duration> {
        match incoming {
            Incoming::Response { request_id, data } => self.respond(&request_id, data),
            Incoming::Acknowledgment { request_id } => self.acknowledge(&request_id),
            Incoming::Progress { request_id, progress } => self.proceed(&request_id, progress),
            Incoming::Complete { request_id, result } => self.end(&request_id, Ok(result.into())),
            Incoming::Error { request_id: Some(id), failure } => return self.refuse(&id, failure),
            Incoming::Error { request_id: None, failure } => {
                tracing::warn!(code = %failure.code, "the server sent an error that belongs to no message");
            }
            Incoming::Unknown => tracing::debug!("the server sent a message of a type that is not known"),
        }
        None
    }

    /// Makes everything ready for a new connection: what is not answered is sent again where that changes nothing, and each
    /// request is subscribed again.
    pub(crate) fn connection_lost(&mut self, error: &Error) {
        self.drop_given_up();
        self.outbox.clear();
        for (id, mut call) in std::mem::take(&mut self.calls) {
            match call.purpose {
                Purpose::Answer(reply) if call.is_sent && !call.is_repeatable => {
                    // Nobody may be left to tell.
                    let _ = reply.send(Err(Error::caused_by(
                        ErrorKind::Connection,
                        "the connection was lost before the answer; what was asked for may have been done",
                        error.clone(),
                    )));
                }
                // Made anew below, where it is still wanted.
                Purpose::Subscription { reply: None, .. } | Purpose::Courtesy => {}
                purpose => {
                    call.purpose = purpose;
                    call.is_sent = false;
                    self.outbox.push_back(id.clone());
                    self.calls.insert(id, call);
                }
            }
        }
        let mut known = Vec::new();
        for (id, request) in &mut self.requests {
            if let Some(submission) = &mut request.submission {
                submission.is_sent = false;
                self.outbox.push_back(id.clone());
            }
            if request.is_known {
                known.push(id.clone());
            }
        }
        for request_id in known {
            self.subscribe(request_id, None);
        }
    }

    /// Ends everything that is under way.
    pub(crate) fn end_all(&mut self, error: &Error) {
        self.outbox.clear();
        for (_, call) in self.calls.drain() {
            call.purpose.fail(error.clone());
        }
        for (_, request) in self.requests.drain() {
            request.fail(error);
        }
    }

    fn call(&mut self, id: String, text: Utf8Bytes, is_repeatable: bool, purpose: Purpose) {
        self.outbox.push_back(id.clone());
        self.calls.insert(id, Call { text, is_sent: false, is_repeatable, purpose });
    }

    fn submission(&mut self, id: &str) -> Option<&mut Submission> {
        self.requests.get_mut(id)?.submission.as_mut()
    }

    fn submit(&mut self, id: String, text: Utf8Bytes, reply: Reply<watch::Receiver<State>>) {
        let request = self.requests.entry(id.clone()).or_insert_with(Followed::new);
        let is_free = request.submission.as_ref().is_none_or(|other| {
            // One that was given up and sent is still answered: for the same message the answer is the same.
            other.reply.is_closed() && (!other.is_sent || other.text == text)
        });
        if !is_free {
            // Its answer could not be told from the other's.
            let _ = reply.send(Err(Error::invalid(format!("request `{id}` is being submitted already"))));
            return;
        }
        request.submission = Some(Submission { text, is_sent: false, reply });
        self.outbox.push_back(id);
    }

    fn follow(&mut self, request_id: String, reply: Reply<watch::Receiver<State>>) {
        match self.requests.get(&request_id) {
            Some(request) if request.is_known => {
                let _ = reply.send(Ok(request.state.subscribe()));
            }
            _ => self.subscribe(request_id, Some(reply)),
        }
    }

    fn subscribe(&mut self, request_id: String, reply: Option<Reply<watch::Receiver<State>>>) {
        if let Some((id, text)) = about(&request_id, "subscribe") {
            self.requests.entry(request_id.clone()).or_insert_with(Followed::new);
            self.call(id, text, true, Purpose::Subscription { request_id, reply, tries: 1 });
        }
    }

    /// Lets go of what nobody waits for any more.
    fn forget(&mut self, id: &str) {
        self.calls.remove(id);
        let Some(request) = self.requests.get_mut(id) else { return };
        // What was sent is answered, and the answer must not be taken for that of a later message with the same id.
        request.submission.take_if(|submission| submission.reply.is_closed() && !submission.is_sent);
        self.leave(id);
    }

    /// Lets go of a request that nobody follows or submits any more.
    fn leave(&mut self, id: &str) {
        let Some(request) = self.requests.get(id) else { return };
        if request.submission.is_none() && request.state.is_closed() && !self.is_being_subscribed(id) {
            let is_known = request.is_known;
            self.requests.remove(id);
            if is_known {
                self.unsubscribe(id);
            }
        }
    }

    /// Lets go of the submissions that were given up: their answers will not come any more.
    fn drop_given_up(&mut self) {
        let given_up = |request: &mut Followed| request.submission.take_if(|other| other.reply.is_closed());
        let ids = self.requests.iter_mut().filter_map(|(id, request)| given_up(request).map(|_| id.clone()));
        for id in ids.collect::<Vec<_>>() {
            self.leave(&id);
        }
    }

    fn is_being_subscribed(&self, id: &str) -> bool {
        self.calls.values().any(|call| match &call.purpose {
            Purpose::Subscription { request_id, reply: Some(reply), .. } => {
                request_id == id && !reply.is_closed()
            }
            _ => false,
        })
    }

    fn respond(&mut self, id: &str, data: Box<RawValue>) {
        match self.calls.remove(id).map(|call| call.purpose) {
            Some(Purpose::Answer(reply)) => {
                let _ = reply.send(Ok(data));
            }
            Some(Purpose::Subscription { request_id, reply, .. }) => self.confirm(request_id, reply),
            Some(Purpose::Courtesy) => {}
            // An action that is done at once, submitted as if it were queued: its answer is its end.
            None if self.submission(id).is_some() => self.end(id, Ok(data.into())),
            None => {}
        }
    }

    /// The server has subscribed this connection to a request.
    fn confirm(&mut self, request_id: String, reply: Option<Reply<watch::Receiver<State>>>) {
        let reply = reply.filter(|reply| !reply.is_closed());
        if reply.is_none() && !self.requests.contains_key(&request_id) {
            return self.unsubscribe(&request_id);
        }
        let request = self.requests.entry(request_id).or_insert_with(Followed::new);
        request.is_known = true;
        if let Some(reply) = reply {
            let _ = reply.send(Ok(request.state.subscribe()));
        }
    }

    fn unsubscribe(&mut self, request_id: &str) {
        if let Some((id, text)) = about(request_id, "unsubscribe") {
            self.call(id, text, false, Purpose::Courtesy);
        }
    }

    fn acknowledge(&mut self, id: &str) {
        if let Some(call) = self.calls.remove(id) {
            call.purpose.fail(Error::invalid("the action is queued, and not answered at once; submit it"));
            return;
        }
        let Some(request) = self.requests.get_mut(id) else { return };
        // If another one was sent and given up, then it was the same message: `submit` sees to that.
        let Some(submission) = request.submission.take() else { return };
        request.is_known = true;
        if submission.reply.send(Ok(request.state.subscribe())).is_err() {
            self.leave(id);
        }
    }

    fn proceed(&mut self, id: &str, progress: Progress) {
        if let Some(request) = self.requests.get(id) {
            request.state.send_if_modified(|state| state.proceed(progress));
        }
    }

    fn end(&mut self, id: &str, end: Result<Arc<RawValue>, Error>) {
        let Some(mut request) = self.requests.remove(id) else { return };
        // Before anybody is told of it, so that who is told finds the end there.
        request.state.send_modify(|state| state.end = Some(end));
        if let Some(submission) = request.submission.take() {
            let _ = submission.reply.send(Ok(request.state.subscribe()));
        }
        // A subscription that is under way has all that it wants.
        for call in self.calls.extract_if(|_, call| call.purpose.subscribes(id)) {
            if let Purpose::Subscription { reply: Some(reply), .. } = call.1.purpose {
                let _ = reply.send(Ok(request.state.subscribe()));
            }
        }
    }

    fn refuse(&mut self, id: &str, failure: Failure) -> Option<Duration> {
        if let Some(pause) = pause(&failure)
            && self.send_again(id)
        {
            return Some(pause);
        }
        if let Some(call) = self.calls.remove(id) {
            return self.refuse_call(call, failure);
        }
        let request = self.requests.get_mut(id)?;
        let speaks_of_submission = !request.is_known || failure.code.refuses_a_message();
        if speaks_of_submission && let Some(submission) = request.submission.take() {
            let _ = submission.reply.send(Err(Error::refused(&format!("request `{id}`"), failure)));
            if !request.is_known {
                self.requests.remove(id);
            }
        } else if !failure.code.ends_no_request() {
            self.end(id, Err(Error::failed(id, failure)));
        }
        None
    }

    fn refuse_call(&mut self, call: Call, failure: Failure) -> Option<Duration> {
        match call.purpose {
            // The server's failure is not the request's: it goes on, and is asked for again.
            Purpose::Subscription { request_id, reply, tries }
                if matches!(failure.code, Code::InternalError | Code::RateLimited)
                    && tries < SUBSCRIPTION_TRIES =>
            {
                let id = outgoing::generate_id();
                let message = outgoing::message(&id, "subscribe", &Named { request_id: &request_id });
                let purpose = Purpose::Subscription { request_id, reply, tries: tries + 1 };
                match message {
                    Ok(text) => self.call(id, text, true, purpose),
                    Err(error) => purpose.fail(error),
                }
                Some(FAILURE_PAUSE)
            }
            Purpose::Subscription { request_id, reply: Some(reply), .. } => {
                let what = format!("the subscription to request `{request_id}`");
                let _ = reply.send(Err(Error::refused(&what, failure)));
                if self.requests.get(&request_id).is_some_and(|request| request.is_idle()) {
                    self.requests.remove(&request_id);
                }
                None
            }
            Purpose::Subscription { request_id, reply: None, .. } => {
                self.end(&request_id, Err(Error::failed(&request_id, failure)));
                None
            }
            Purpose::Answer(reply) => {
                let _ = reply.send(Err(Error::refused("the message", failure)));
                None
            }
            Purpose::Courtesy => None,
        }
    }

    /// Puts a message that was sent before those that were not; says whether there is one with this id.
    fn send_again(&mut self, id: &str) -> bool {
        let is_sent = match self.calls.get_mut(id) {
            Some(call) => std::mem::take(&mut call.is_sent),
            None => self.submission(id).is_some_and(|submission| {
                !submission.reply.is_closed() && std::mem::take(&mut submission.is_sent)
            }),
        };
        if is_sent {
            self.outbox.push_front(id.to_owned());
        }
        is_sent
    }
}

impl Purpose {
    fn fail(self, error: Error) {
        // Nobody may be left to tell.
        match self {
            Self::Answer(reply) => drop(reply.send(Err(error))),
            Self::Subscription { reply: Some(reply), .. } => drop(reply.send(Err(error))),
            Self::Subscription { reply: None, .. } | Self::Courtesy => {}
        }
    }

    fn subscribes(&self, id: &str) -> bool {
        matches!(self, Self::Subscription { request_id, .. } if request_id == id)
    }
}

impl Followed {
    fn new() -> Self {
        Self { state: watch::Sender::default(), is_known: false, submission: None }
    }

    /// Whether the server does not know of it, and is not to.
    fn is_idle(&self) -> bool {
        !self.is_known && self.submission.is_none()
    }

    fn fail(self, error: &Error) {
        if let Some(submission) = self.submission {
            let _ = submission.reply.send(Err(error.clone()));
        }
        self.state.send_modify(|state| state.end = Some(Err(error.clone())));
    }
}

/// A message about a request, and its id.
fn about(request_id: &str, action: &str) -> Option<(String, Utf8Bytes)> {
    let id = outgoing::generate_id();
    // Ids are checked where they come in, so that there is nothing to refuse here.
    let text = outgoing::message(&id, action, &Named { request_id }).ok()?;
    Some((id, text))
}

/// How long the server asks to send nothing, where that is what it refuses a message for. Without a time it is not the pace that
/// is refused: a connection may follow so many requests and no more.
fn pause(failure: &Failure) -> Option<Duration> {
    let said = failure.details.as_ref().filter(|_| failure.code == Code::RateLimited);
    let milliseconds = said?.get("retry_after_ms")?.as_u64()?;
    Some(Duration::from_millis(milliseconds).min(LONGEST_PAUSE))
}
