//! The socket: replaced in one step, served until a signal, drained, removed.

use crate::{
    admin,
    app::App,
    authority::AnyAuthority,
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
use tokio_stream::{StreamExt as _, wrappers::UnixListenerStream};
use tonic::{
    server::NamedService as _,
    transport::{Channel, Endpoint, Server, Uri},
};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};
use tracing::{error, info, warn};

/// The longest time that running mounts get after a signal.
const DRAIN: Duration = Duration::from_secs(115);

/// The reason why the process cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The socket cannot be created.
    #[error("cannot listen on {}: {source}", path.display())]
    Listen {
        /// The socket.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// A setting of the AWS SDK is invalid.
    #[error("invalid AWS settings: {0}")]
    Settings(String),
    /// The server ended without a signal.
    #[error("the gRPC server ended: {0}")]
    Transport(#[from] tonic::transport::Error),
    /// The process cannot receive signals.
    #[error("cannot receive signals: {0}")]
    Signal(io::Error),
}

/// The socket's path.
pub(crate) fn socket_path(config: &Config) -> PathBuf {
    config.provider_volume.join("aws.sock")
}

/// Serves until SIGTERM or SIGINT, waits for running mounts, and removes the socket.
pub async fn run(config: Config) -> Result<(), ServeError> {
    info!(
        version = env!("CARGO_PKG_VERSION"),
        "{}; the CSIDriver requires tokenRequests for sts.amazonaws.com and pods.eks.amazonaws.com",
        crate::aws::NAME
    );
    for warning in &config.warnings {
        warn!("{warning}");
    }
    let path = socket_path(&config);
    let admin_addr = config.admin_addr;
    let app = Arc::new(App::new(config).await.map_err(ServeError::Settings)?);
    app.policy.load().await;
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Signal)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Signal)?;
    let listener = listen(&path).map_err(|source| ServeError::Listen {
        path: path.clone(),
        source,
    })?;
    let ready = Arc::new(AtomicBool::new(false));
    if let Some(address) = admin_addr {
        let (app, ready) = (Arc::clone(&app), Arc::clone(&ready));
        tokio::spawn(async move {
            if let Err(problem) = admin::serve(address, app, ready).await {
                error!(%address, "cannot open the admin port: {problem}");
            }
        });
    }
    let (reporter, health) = tonic_health::server::health_reporter();
    let readiness = Readiness {
        reporter,
        ready,
        draining: AtomicBool::new(false),
    };
    readiness.set(false).await;
    let readiness = Arc::new(readiness);
    let writes = if app.config.driver_writes_secrets {
        "driver"
    } else {
        "provider"
    };
    info!(socket = %path.display(), writes, "serving");
    let checking = Arc::clone(&readiness);
    let checked = Arc::clone(&app);
    let watching = tokio::spawn(async move {
        loop {
            checked.policy.check(&checked.kubernetes).await;
            checking.set(checked.policy.is_ready()).await;
            checked.policy.changed().await;
        }
    });
    let (stopped, stop) = tokio::sync::oneshot::channel::<()>();
    let connections = UnixListenerStream::new(listener).map(|stream| stream.map(AnyAuthority::new));
    let serving = Server::builder()
        .add_service(health)
        .add_service(CsiDriverProviderServer::new(Service(app)))
        .serve_with_incoming_shutdown(connections, async {
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
    watching.abort();
    readiness.draining.store(true, Ordering::Relaxed);
    readiness.set(false).await;
    let _ = stopped.send(());
    let drained = tokio::time::timeout(DRAIN, serving).await;
    let _ = fs::remove_file(&path);
    match drained {
        Ok(ended) => ended?,
        Err(_) => warn!("mounts were still running at the end of the grace period"),
    }
    info!("stopped");
    Ok(())
}

/// The readiness of the process, as the socket and the admin port report it.
struct Readiness {
    reporter: tonic_health::server::HealthReporter,
    ready: Arc<AtomicBool>,
    draining: AtomicBool,
}

impl Readiness {
    async fn set(&self, ready: bool) {
        let ready = ready && !self.draining.load(Ordering::Relaxed);
        if self.ready.swap(ready, Ordering::Relaxed) != ready {
            info!(ready, "readiness");
        }
        if ready {
            self.reporter
                .set_serving::<CsiDriverProviderServer<Service>>()
                .await;
        } else {
            self.reporter
                .set_not_serving::<CsiDriverProviderServer<Service>>()
                .await;
        }
    }
}

/// Binds a temporary name, sets mode 0600, and renames it over the socket's name.
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

/// Requests the version of a running provider, as the health check of the driver does.
pub async fn health_check(config: &Config) -> Result<String, String> {
    let request = VersionRequest {
        version: "v1alpha1".to_owned(),
    };
    let ask = async {
        let channel = connect(config).await?;
        let answer = CsiDriverProviderClient::new(channel).version(request).await;
        answer.map_err(|status| status.message().to_owned())
    };
    let answer = in_time(ask).await?.into_inner();
    Ok(format!(
        "{} {}",
        answer.runtime_name, answer.runtime_version
    ))
}

/// Requests the readiness of a running provider.
pub async fn ready_check(config: &Config) -> Result<String, String> {
    let service = CsiDriverProviderServer::<Service>::NAME.to_owned();
    let ask = async {
        let channel = connect(config).await?;
        let request = HealthCheckRequest { service };
        let answer = HealthClient::new(channel).check(request).await;
        answer.map_err(|status| status.message().to_owned())
    };
    let answer = in_time(ask).await?.into_inner();
    if answer.status() == ServingStatus::Serving {
        return Ok("ready".to_owned());
    }
    Err("it is not ready; its log names the reason".to_owned())
}

async fn connect(config: &Config) -> Result<Channel, String> {
    let path = socket_path(config);
    let connector = tower::service_fn(move |_: Uri| {
        let path = path.clone();
        async move {
            UnixStream::connect(path)
                .await
                .map(hyper_util::rt::TokioIo::new)
        }
    });
    Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
        .map_err(|error| error.to_string())
}

async fn in_time<T>(ask: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    tokio::time::timeout(Duration::from_secs(5), ask)
        .await
        .map_err(|_| "no answer within 5 seconds".to_owned())?
}
