//! The admin port: `/livez`, `/readyz`, `/metrics`. It is off unless asked for, and holds no name of a secret.

use crate::metrics::Metrics;
use axum::{Router, http::StatusCode, routing::get};
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

/// Serves until the process ends.
pub(crate) async fn serve(
    address: SocketAddr,
    metrics: Arc<Metrics>,
    ready: Arc<AtomicBool>,
) -> io::Result<()> {
    let readiness = move || {
        let ready = ready.load(Ordering::Relaxed);
        let answer = if ready {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
        };
        std::future::ready(answer)
    };
    let routes = Router::new()
        .route("/livez", get(|| std::future::ready("alive\n")))
        .route("/readyz", get(readiness))
        .route("/metrics", get(move || std::future::ready(metrics.text())));
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "admin port is open");
    axum::serve(listener, routes).await
}
