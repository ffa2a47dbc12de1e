//! The admin port: `/livez`, `/readyz`, `/metrics`, and with a policy snapshot `/policy`. It is off by default; only
//! `/policy` contains names of pods and objects.

use crate::app::App;
use axum::{
    Router,
    http::{StatusCode, header::CONTENT_TYPE},
    routing::get,
};
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
    app: Arc<App>,
    ready: Arc<AtomicBool>,
) -> io::Result<()> {
    let readiness = move || {
        let ready = ready.load(Ordering::Relaxed);
        let answer = if ready {
            (StatusCode::OK, "ready\n")
        } else {
            (StatusCode::SERVICE_UNAVAILABLE, "not ready\n")
        };
        std::future::ready(answer)
    };
    let metrics = Arc::clone(&app.metrics);
    let mut routes = Router::new()
        .route("/livez", get(|| std::future::ready("alive\n")))
        .route("/readyz", get(readiness))
        .route("/metrics", get(move || std::future::ready(metrics.text())));
    if app.policy.is_on() {
        let status = move || {
            let json = [(CONTENT_TYPE, "application/json")];
            std::future::ready((json, app.policy.status()))
        };
        routes = routes.route("/policy", get(status));
    }
    let listener = tokio::net::TcpListener::bind(address).await?;
    tracing::info!(address = %listener.local_addr()?, "admin port open");
    axum::serve(listener, routes).await
}
