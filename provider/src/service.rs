//! The two calls of the CSI provider API: decode, mount inside the caller's deadline, encode.

use crate::{
    app::App,
    aws,
    error::{Kind, MountError, shown},
    generated::{
        MountRequest, MountResponse, VersionRequest, VersionResponse,
        csi_driver_provider_server::CsiDriverProvider,
    },
    mount,
};
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::Instant};
use tonic::{Request, Response, Status, metadata::MetadataMap};
use tracing::{error, info};

/// The time for a mount whose caller sends no deadline: kubelet's two minutes, less a margin.
const BUDGET: Duration = Duration::from_secs(110);
/// The answer leaves this long before the caller's deadline, or a tenth of its time if that is longer (DEV-26).
const MARGIN: Duration = Duration::from_secs(5);

/// Serves the driver.
pub(crate) struct Service(pub(crate) Arc<App>);

#[tonic::async_trait]
impl CsiDriverProvider for Service {
    async fn version(
        &self,
        _request: Request<VersionRequest>,
    ) -> Result<Response<VersionResponse>, Status> {
        Ok(Response::new(VersionResponse {
            version: "v1alpha1".to_owned(),
            runtime_name: aws::NAME.to_owned(),
            runtime_version: env!("CARGO_PKG_VERSION").to_owned(),
        }))
    }

    async fn mount(
        &self,
        request: Request<MountRequest>,
    ) -> Result<Response<MountResponse>, Status> {
        let metrics = Arc::clone(&self.0.metrics);
        let _in_flight = metrics.start_mount();
        let start = Instant::now();
        let deadline = start + budget(request.metadata());
        let request = request.into_inner();
        let target = shown(&request.target_path);
        let work = mount::mount(Arc::clone(&self.0), request, deadline);
        let answer = isolated(work, deadline).await;
        let took = start.elapsed();
        metrics.mount(answer.as_ref().err().map(MountError::kind), took);
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        match answer {
            Ok(response) => {
                let files = response.object_version.len();
                info!(target_path = target, files, milliseconds, "mounted");
                Ok(Response::new(response))
            }
            Err(failure) => {
                let code = failure.kind().name();
                error!(
                    target_path = target,
                    code, milliseconds, "mount failed: {failure}"
                );
                Err(failure.into())
            }
        }
    }
}

/// Runs the mount as a task of its own: a panic fails only this call, and a caller that disconnects ends the task.
async fn isolated(
    work: impl Future<Output = Result<MountResponse, MountError>> + Send + 'static,
    deadline: Instant,
) -> Result<MountResponse, MountError> {
    let mut task = JoinSet::new();
    task.spawn(work);
    match tokio::time::timeout_at(deadline, task.join_next()).await {
        Ok(Some(Ok(answer))) => answer,
        Ok(_) => Err(MountError::new(
            Kind::Internal,
            "a bug in the provider; its log names the place",
        )),
        Err(_) => Err(MountError::internal(
            "the time limit of this mount ended before all objects were fetched and written",
        )),
    }
}

fn budget(metadata: &MetadataMap) -> Duration {
    let given = metadata
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok())
        .and_then(grpc_timeout);
    match given {
        Some(given) => given.saturating_sub((given / 10).max(MARGIN.min(given / 3))),
        None => BUDGET,
    }
}

/// Reads the header `grpc-timeout`: at most eight digits and a unit.
fn grpc_timeout(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let number: u32 = (number.len() <= 8).then(|| number.parse().ok())??;
    let unit = match unit {
        "H" => Duration::from_hours(1),
        "M" => Duration::from_mins(1),
        "S" => Duration::from_secs(1),
        "m" => Duration::from_millis(1),
        "u" => Duration::from_micros(1),
        "n" => Duration::from_nanos(1),
        _ => return None,
    };
    // The bound keeps sums of times from overflowing.
    Some(unit.saturating_mul(number).min(Duration::from_hours(24)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_fails_its_own_call_only() {
        let deadline = Instant::now() + Duration::from_mins(1);
        let error = isolated(async { panic!("canary") }, deadline)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Internal);
        assert!(!error.to_string().contains("canary"), "{error}");
    }

    #[tokio::test]
    async fn the_answer_comes_at_the_deadline_and_the_task_ends() {
        let (held, dropped) = tokio::sync::oneshot::channel::<()>();
        let work = async move {
            let _held = held;
            std::future::pending().await
        };
        let error = isolated(work, Instant::now() + Duration::from_millis(20))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), Kind::Internal);
        assert!(dropped.await.is_err(), "the work was dropped");
    }

    #[test]
    fn the_budget_ends_before_the_callers_deadline() {
        let budget = |text: &str| {
            let mut metadata = MetadataMap::new();
            metadata.insert("grpc-timeout", text.parse().unwrap());
            super::budget(&metadata).as_millis()
        };
        assert_eq!(budget("120S"), 108_000);
        assert_eq!(budget("30S"), 25_000);
        assert_eq!(budget("3000m"), 2_000);
        assert_eq!(budget("nonsense"), 110_000);
        assert_eq!(budget("99999999H"), 77_760_000);
        assert_eq!(super::budget(&MetadataMap::new()), BUDGET);
    }
}
