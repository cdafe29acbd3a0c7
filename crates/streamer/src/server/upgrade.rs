//! `GET /ws`: from a request to a connection.

use std::{sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    response::Response,
};
use hyper::upgrade::OnUpgrade;
use tokio::sync::OwnedSemaphorePermit;
use tracing::Instrument;

use super::{
    handshake::Handshake, places::Place, refusal::Refusal, registration::Registration, shared::Shared,
    socket::Socket,
};
use crate::auth::{Identity, extract_token};

/// How long the 101 may take to reach the client.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers a handshake, and counts it if it is refused.
pub(super) async fn upgrade(
    State(shared): State<Arc<Shared>>,
    request: Request,
) -> Result<Response, Refusal> {
    let answered = accept(&shared, request).await;
    if let Err(refusal) = &answered {
        shared.monitor.metrics.connections().refuses(refusal.name());
    }
    answered
}

/// Verifies the token, stores the connection, and only then answers 101.
async fn accept(shared: &Arc<Shared>, mut request: Request) -> Result<Response, Refusal> {
    let token = extract_token(request.headers(), request.uri())?;
    let identity = shared.verifier.authenticate(&token).await?;
    let handshake = Handshake::read(request.headers())?;
    let upgraded = request.extensions_mut().remove::<OnUpgrade>().ok_or(Refusal::NotAnUpgrade)?;
    if shared.shutdown.is_cancelled() {
        return Err(Refusal::ShuttingDown);
    }
    let place = shared.places.take(&identity)?;
    let permit = Arc::clone(&shared.permits)
        .try_acquire_owned()
        .map_err(|_| Refusal::Full { max_connections: shared.max_connections })?;

    // A task of its own: when the client goes while its item is written, this request's future is dropped,
    // and what was written has to be removed all the same.
    let registration = shared.tasks.spawn(Registration::create(Arc::clone(shared), identity.clone()));
    let registration = registration.await.map_err(|_| Refusal::StoreFailed)??;

    let span = registration.span();
    let life = live(Arc::clone(shared), upgraded, registration, identity, (permit, place));
    shared.tasks.spawn(life.instrument(span));
    Ok(handshake.into_response())
}

/// One connection's life, from the 101 to the removal of its item.
async fn live(
    shared: Arc<Shared>,
    upgraded: OnUpgrade,
    registration: Registration,
    identity: Identity,
    places: (OwnedSemaphorePermit, Place),
) {
    tracing::debug!("connection opens");
    let open = shared.monitor.metrics.connections().opens();
    match tokio::time::timeout(UPGRADE_TIMEOUT, upgraded).await {
        Ok(Ok(stream)) => Socket::new(&shared, stream, registration, identity).await.run().await,
        Ok(Err(_)) | Err(_) => registration.remove().await,
    }
    drop((places, open));
}
