use std::{
    path::PathBuf,
    sync::{Mutex, MutexGuard},
};

use dynamorm::{
    embedded::Embedded,
    transport::{Capabilities, Request, Response, Transport as _, TransportError, TransportErrorKind},
};
use tempfile::TempDir;

use crate::wait::wait_for;

/// The embedded engine: in memory, or on a file, which may be closed and opened again.
#[derive(Debug)]
pub(crate) struct Engine(Mutex<State>);

#[derive(Debug)]
struct State {
    capabilities: Capabilities,
    /// None while it is closed.
    engine: Option<Embedded>,
    directory: Option<TempDir>,
    closings: u64,
}

impl Engine {
    pub(crate) fn in_memory() -> Self {
        let engine = Embedded::memory().unwrap();
        let capabilities = engine.capabilities();
        Self(Mutex::new(State { capabilities, engine: Some(engine), directory: None, closings: 0 }))
    }

    pub(crate) fn on_file() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let engine = Embedded::open(path_in(&directory)).unwrap();
        let capabilities = engine.capabilities();
        let directory = Some(directory);
        Self(Mutex::new(State { capabilities, engine: Some(engine), directory, closings: 0 }))
    }

    pub(crate) fn is_on_file(&self) -> bool {
        self.state().directory.is_some()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.state().engine.is_some()
    }

    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.engine = None;
        state.closings += 1;
    }

    pub(crate) fn open(&self) {
        let mut state = self.state();
        let path = path_in(state.directory.as_ref().unwrap());
        state.engine = Some(Embedded::open(path).unwrap());
    }

    /// How often it was closed: who waited for an answer meanwhile gets none.
    pub(crate) fn closings(&self) -> u64 {
        self.state().closings
    }

    pub(crate) fn capabilities(&self) -> Capabilities {
        self.state().capabilities
    }

    pub(crate) fn send(&self, request: Request) -> Result<Response, TransportError> {
        let engine = self.state().engine.clone();
        let closed = || TransportError::new(TransportErrorKind::Unavailable, "the engine is closed");
        wait_for(engine.ok_or_else(closed)?.send(request))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

fn path_in(directory: &TempDir) -> PathBuf {
    directory.path().join("streamer.db")
}
