//! The objects that the provider reads from the Kubernetes API: a service account; for the region, a pod and a node; for the
//! self-check, the CSIDriver.

use crate::{
    config::Config,
    error::{Kind, MountError, causes},
    metrics::Metrics,
};
use k8s_openapi::api::{
    core::v1::{Node, Pod, ServiceAccount},
    storage::v1::CSIDriver,
};
use kube::{Api, Client};
use std::{collections::HashMap, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OnceCell, Semaphore},
    time::Instant,
};

const REGION_LABEL: &str = "topology.kubernetes.io/region";
const ROLE_ANNOTATION: &str = "eks.amazonaws.com/role-arn";
/// The time for which the annotation of a service account stays in memory.
const FRESH: Duration = Duration::from_secs(10);
const MAX_CACHED: usize = 1024;
const DRIVER: &str = "secrets-store.csi.k8s.io";
/// The time limit of the self-check for the CSIDriver; the snapshot can contain its audiences as well.
const FOR_CHECK: Duration = Duration::from_secs(2);

type Cached = Arc<Mutex<Option<(Instant, String)>>>;

/// The client, created on first use, and the objects that it keeps.
pub(crate) struct Kubernetes {
    client: OnceCell<(Client, String)>,
    slots: Semaphore,
    limiter: Option<Limiter>,
    node_region: OnceCell<String>,
    roles: Mutex<HashMap<(String, String), Cached>>,
    metrics: Arc<Metrics>,
}

impl Kubernetes {
    pub(crate) fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            client: OnceCell::new(),
            slots: Semaphore::new(16),
            limiter: Limiter::new(config.qps, config.burst),
            node_region: OnceCell::new(),
            roles: Mutex::new(HashMap::new()),
            metrics,
        }
    }

    /// The region of the node, which is read once per process; a failure is not kept.
    pub(crate) async fn node_region(
        &self,
        namespace: &str,
        pod: &str,
        end: Instant,
    ) -> Result<&str, MountError> {
        let region = self
            .node_region
            .get_or_try_init(|| self.find_region(namespace, pod, end))
            .await
            .map_err(|error| error.within("failed to retrieve region from node. error "))?;
        Ok(region)
    }

    async fn find_region(
        &self,
        namespace: &str,
        pod: &str,
        end: Instant,
    ) -> Result<String, MountError> {
        let node = match std::env::var("NODE_NAME") {
            Ok(name) if !name.is_empty() => name,
            _ => {
                let client = self.client().await?;
                let pod: Pod = self
                    .get(&Api::namespaced(client, namespace), pod, end)
                    .await?;
                pod.spec.and_then(|spec| spec.node_name).unwrap_or_default()
            }
        };
        let client = self.client().await?;
        let node: Node = self.get(&Api::all(client), &node, end).await?;
        node.metadata
            .labels
            .and_then(|mut labels| labels.remove(REGION_LABEL))
            .filter(|region| !region.is_empty())
            .ok_or_else(|| MountError::precondition("Region not found"))
    }

    /// The role in the annotation of the service account.
    pub(crate) async fn role(
        &self,
        namespace: &str,
        name: &str,
        end: Instant,
    ) -> Result<String, MountError> {
        let cell = {
            let mut roles = self.roles.lock().await;
            if roles.len() >= MAX_CACHED {
                roles.clear();
            }
            let key = (namespace.to_owned(), name.to_owned());
            Arc::clone(roles.entry(key).or_default())
        };
        // Concurrent mounts of one service account share one request.
        let mut cached = cell.lock().await;
        if let Some((at, role)) = &*cached
            && at.elapsed() < FRESH
        {
            return Ok(role.clone());
        }
        let account: ServiceAccount = async {
            let client = self.client().await?;
            self.get(&Api::namespaced(client, namespace), name, end)
                .await
        }
        .await
        .map_err(|error: MountError| {
            error.within(&format!(
                "failed to get service account {namespace}/{name}: "
            ))
        })?;
        let role = account
            .metadata
            .annotations
            .and_then(|mut annotations| annotations.remove(ROLE_ANNOTATION))
            .filter(|role| !role.is_empty())
            .ok_or_else(|| {
                MountError::precondition(format!(
                    "An IAM role must be associated with service account {name} (namespace: {namespace})"
                ))
            })?;
        *cached = Some((Instant::now(), role.clone()));
        Ok(role)
    }

    /// The token audiences of the CSIDriver of the driver, if the API returns them.
    pub(crate) async fn audiences(&self) -> Option<Vec<String>> {
        let ask = async {
            let driver: CSIDriver = Api::all(self.client().await.ok()?).get(DRIVER).await.ok()?;
            let requests = driver.spec.token_requests.unwrap_or_default();
            Some(requests.into_iter().map(|request| request.audience))
        };
        let read = tokio::time::timeout(FOR_CHECK, ask).await.ok().flatten();
        let outcome = if read.is_some() { "OK" } else { "failed" };
        self.metrics.call("kubernetes", "csidriver", "", outcome);
        Some(read?.collect())
    }

    async fn client(&self) -> Result<Client, MountError> {
        let (client, _) = self.connection().await?;
        Ok(client.clone())
    }

    /// The client, and the address of its server.
    async fn connection(&self) -> Result<&(Client, String), MountError> {
        let made = self.client.get_or_try_init(|| async {
            let mut config = kube::Config::infer().await.map_err(|error| {
                MountError::precondition(format!("no address of a Kubernetes API: {error}")).hint(
                    "let Kubernetes mount the token of the service account into this provider (automountServiceAccountToken), or set KUBECONFIG",
                )
            })?;
            // DEV-2: no proxy for the API server.
            config.proxy_url = None;
            // `get` below repeats calls, since it knows the deadline of the mount.
            config.default_retry = false;
            let server = config.cluster_url.to_string();
            let client = Client::try_from(config).map_err(|error| {
                MountError::internal(format!("cannot create a Kubernetes client: {error}"))
            })?;
            Ok((client, server))
        });
        made.await
    }

    /// Reads an object; repeats failed calls, and throttled calls until the deadline of the mount.
    async fn get<K>(&self, api: &Api<K>, name: &str, end: Instant) -> Result<K, MountError>
    where
        K: Clone + std::fmt::Debug + serde::de::DeserializeOwned + kube::Resource,
        K::DynamicType: Default,
    {
        let what = K::kind(&K::DynamicType::default()).to_lowercase();
        if name.is_empty() {
            let text = format!("the mount request does not contain the name of the {what}");
            return Err(MountError::new(Kind::NotFound, text));
        }
        let mut pause = Duration::from_millis(200);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let ask = async {
                if let Some(limiter) = &self.limiter {
                    limiter.wait().await;
                }
                let _slot = self.slots.acquire().await;
                api.get(name).await
            };
            let Ok(answer) = tokio::time::timeout_at(end, ask).await else {
                self.metrics.call("kubernetes", &what, "", "TimeoutError");
                let text = "no answer of the Kubernetes API within the time limit of this mount";
                return Err(MountError::internal(text));
            };
            let error = match answer {
                Ok(object) => {
                    self.metrics.call("kubernetes", &what, "", "OK");
                    return Ok(object);
                }
                Err(error) => error,
            };
            let (code, wait) = match &error {
                kube::Error::Api(status) => {
                    let details = status.details.as_ref();
                    let seconds = details.map_or(0, |details| details.retry_after_seconds);
                    (status.code, Duration::from_secs(seconds.into()))
                }
                _ => (0, Duration::ZERO),
            };
            let outcome = format!("HTTP_{code}");
            self.metrics.call("kubernetes", &what, "", &outcome);
            let may_pass = code == 429 || (matches!(code, 0 | 500..) && attempt < 4);
            let next = Instant::now() + pause.max(wait.min(Duration::from_secs(30)));
            if !may_pass || next >= end {
                let (_, server) = self.connection().await?;
                let plural = K::plural(&K::DynamicType::default()).into_owned();
                return Err(failure(&error, &plural, server));
            }
            tokio::time::sleep_until(next).await;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }
}

/// The message of the API server, or the cause of a failed connection.
fn failure(error: &kube::Error, plural: &str, server: &str) -> MountError {
    let kube::Error::Api(status) = error else {
        let text = format!(
            "the Kubernetes API at {server} cannot be reached: {}",
            causes(error)
        );
        return MountError::internal(text).hint(
            "check the address, and that network policies allow this provider to connect to the API server",
        );
    };
    let text = match (status.message.as_str(), status.reason.as_str()) {
        ("", "") => format!("the Kubernetes API returned status {}", status.code),
        ("", reason) => reason.to_owned(),
        (message, _) => message.to_owned(),
    };
    match status.code {
        404 => MountError::new(Kind::NotFound, text),
        403 if plural == "pods" => MountError::denied(text).hint(
            "set the variable NODE_NAME of this provider from spec.nodeName, as the chart and the manifest do, or allow the verb get on pods for its service account",
        ),
        403 => MountError::denied(text).hint(format!(
            "allow the verb get on {plural} for the service account of this provider, as the ClusterRole of the chart and of the manifest does"
        )),
        401 => MountError::precondition(text).hint(
            "the API server rejects the token of this provider; check the audience and the issuer of its service account",
        ),
        400..500 if status.code != 429 => MountError::precondition(text),
        _ => MountError::internal(text),
    }
}

/// A token bucket, if a flag requests the limit of upstream (DEV-23).
struct Limiter {
    rate: f64,
    burst: f64,
    state: Mutex<(f64, Instant)>,
}

impl Limiter {
    fn new(qps: Option<i64>, burst: Option<i64>) -> Option<Self> {
        let rate = match (qps, burst) {
            (None, None) => return None,
            (Some(negative), _) if negative < 0 => return None,
            (None | Some(0), _) => 5,
            (Some(rate), _) => rate,
        };
        let burst = burst.filter(|burst| *burst > 0).unwrap_or(10);
        let float = |number: i64| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        Some(Self {
            rate: float(rate),
            burst: float(burst),
            state: Mutex::new((float(burst), Instant::now())),
        })
    }

    async fn wait(&self) {
        let pause = {
            let mut state = self.state.lock().await;
            let (tokens, at) = *state;
            let now = Instant::now();
            let filled =
                (tokens + now.duration_since(at).as_secs_f64() * self.rate).min(self.burst);
            *state = (filled - 1.0, now);
            if filled >= 1.0 {
                return;
            }
            (1.0 - filled) / self.rate
        };
        tokio::time::sleep(Duration::from_secs_f64(pause)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_limiter_allows_a_burst_and_then_waits() {
        assert!(Limiter::new(None, None).is_none());
        assert!(Limiter::new(Some(-1), Some(3)).is_none());
        let limiter = Limiter::new(Some(50), Some(2)).unwrap();
        let start = Instant::now();
        for _ in 0..4 {
            limiter.wait().await;
        }
        let took = start.elapsed();
        assert!(took >= Duration::from_millis(35), "{took:?}");
    }
}
