//! The socket: bound without a gap, served until a signal, drained, removed.

use crate::{
    admin,
    app::App,
    config::Config,
    generated::{
        VersionRequest, csi_driver_provider_client::CsiDriverProviderClient,
        csi_driver_provider_server::CsiDriverProviderServer,
    },
    service::Service,
};
use std::{
    fs, io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    net::{UnixListener, UnixStream},
    signal::unix::{SignalKind, signal},
};
use tokio_stream::wrappers::UnixListenerStream;
use tonic::transport::{Endpoint, Server, Uri};
use tracing::{error, info, warn};

/// Mounts that are under way at a signal may take this long.
const DRAIN: Duration = Duration::from_secs(115);

/// Why the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket cannot be made.
    #[error("cannot listen on {}: {source}", path.display())]
    Listen {
        /// The socket.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The SDK's settings cannot be used.
    #[error("cannot use the AWS settings: {0}")]
    Settings(String),
    /// The server ended by itself.
    #[error("the server ended: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// A signal cannot be waited for.
    #[error("cannot wait for signals: {0}")]
    Signal(io::Error),
}

/// The socket's path.
pub(crate) fn socket_path(config: &Config) -> PathBuf {
    config.provider_volume.join("aws.sock")
}

/// Serves until SIGTERM or SIGINT, then lets mounts end and removes the socket.
pub async fn run(config: Config) -> Result<(), ServeError> {
    info!(
        version = env!("CARGO_PKG_VERSION"),
        "{}; the CSIDriver needs tokenRequests for sts.amazonaws.com and pods.eks.amazonaws.com",
        crate::aws::NAME
    );
    for warning in &config.warnings {
        warn!("{warning}");
    }
    let path = socket_path(&config);
    let admin_addr = config.admin_addr;
    let app = Arc::new(App::new(config).await.map_err(ServeError::Settings)?);
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signal)?;
    let listener = listen(&path).map_err(|source| ServeError::Listen {
        path: path.clone(),
        source,
    })?;
    let ready = Arc::new(AtomicBool::new(true));
    if let Some(address) = admin_addr {
        let (metrics, ready) = (Arc::clone(&app.metrics), Arc::clone(&ready));
        tokio::spawn(async move {
            if let Err(problem) = admin::serve(address, metrics, ready).await {
                error!(%address, "no admin port: {problem}");
            }
        });
    }
    let (reporter, health) = tonic_health::server::health_reporter();
    reporter
        .set_serving::<CsiDriverProviderServer<Service>>()
        .await;
    let writes = if app.config.driver_writes_secrets {
        "driver"
    } else {
        "provider"
    };
    info!(socket = %path.display(), writes, "serving");
    let (stopped, stop) = tokio::sync::oneshot::channel::<()>();
    let serving = Server::builder()
        .add_service(health)
        .add_service(CsiDriverProviderServer::new(Service(app)))
        .serve_with_incoming_shutdown(UnixListenerStream::new(listener), async {
            let _ = stop.await;
        });
    tokio::pin!(serving);
    let name = tokio::select! {
        ended = &mut serving => {
            let _ = fs::remove_file(&path);
            return ended.map_err(Into::into);
        }
        _ = terminate.recv() => "SIGTERM",
        _ = interrupt.recv() => "SIGINT",
    };
    info!(signal = name, "draining");
    ready.store(false, Ordering::Relaxed);
    reporter
        .set_not_serving::<CsiDriverProviderServer<Service>>()
        .await;
    let _ = stopped.send(());
    let drained = tokio::time::timeout(DRAIN, serving).await;
    let _ = fs::remove_file(&path);
    match drained {
        Ok(ended) => ended?,
        Err(_) => warn!("mounts were still under way at the end of the grace period"),
    }
    info!("stopped");
    Ok(())
}

/// Binds beside the socket's name, closes it to others, and moves it into place over whatever was there.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let fresh = path.with_extension(format!("sock.{:08x}", fastrand::u32(..)));
    let listener = UnixListener::bind(&fresh)?;
    let placed = fs::set_permissions(&fresh, fs::Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&fresh, path));
    if let Err(error) = placed {
        let _ = fs::remove_file(&fresh);
        return Err(error);
    }
    Ok(listener)
}

/// Asks a running provider for its version, as the driver's health check does.
pub async fn health_check(config: &Config) -> Result<String, String> {
    let path = socket_path(config);
    let ask = async {
        let connector = tower::service_fn(move |_: Uri| {
            let path = path.clone();
            async move {
                UnixStream::connect(path)
                    .await
                    .map(hyper_util::rt::TokioIo::new)
            }
        });
        let channel = Endpoint::from_static("http://localhost")
            .connect_with_connector(connector)
            .await
            .map_err(|error| error.to_string())?;
        CsiDriverProviderClient::new(channel)
            .version(VersionRequest {
                version: "v1alpha1".to_owned(),
            })
            .await
            .map_err(|status| status.message().to_owned())
    };
    let answer = tokio::time::timeout(Duration::from_secs(5), ask)
        .await
        .map_err(|_| "no answer within 5 seconds".to_owned())??
        .into_inner();
    Ok(format!(
        "{} {}",
        answer.runtime_name, answer.runtime_version
    ))
}
