//! The credentials of a pod: from the Pod Identity Agent, or from STS for the role of its service account.
//!
//! They stay in memory between the mounts of this pod only: the uid of the pod is part of the key (DEV-21).

mod agent;
mod web_identity;

use crate::{
    attributes::{AddressType, Attributes, POD_IDENTITY_AUDIENCE, STS_AUDIENCE, Token},
    aws::Failure,
    config::Config,
    error::MountError,
    kubernetes::Kubernetes,
    metrics::Metrics,
};
use agent::Agent;
use aws_config::SdkConfig;
use aws_credential_types::Credentials;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use tokio::time::Instant;
use zeroize::Zeroizing;

/// The provider fetches new credentials if the present ones expire within this time.
const MARGIN: Duration = Duration::from_mins(5);
const MAX_CACHED: usize = 4096;

/// The proof of the identity of a pod.
enum Proof {
    PodIdentity {
        token: Token,
        addresses: AddressType,
    },
    WebIdentity {
        token: Token,
        role: String,
    },
}

/// A pod that needs credentials.
pub(crate) struct PodIdentity {
    proof: Proof,
    namespace: String,
    service_account: String,
    pod: String,
    uid: String,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    scope: String,
    namespace: String,
    service_account: String,
    uid: String,
    region: String,
}

/// Fetches and keeps credentials.
pub(crate) struct Identities {
    agent: Agent,
    legacy_session_name: bool,
    cache: Option<Mutex<HashMap<Key, Credentials>>>,
    metrics: Arc<Metrics>,
}

impl PodIdentity {
    /// The kind of identity, its token, and the role.
    pub(crate) async fn read(
        attributes: &mut Attributes,
        uses_pod_identity: bool,
        kubernetes: &Kubernetes,
        end: Instant,
    ) -> Result<Self, MountError> {
        let proof = if uses_pod_identity {
            Proof::PodIdentity {
                token: attributes.token(POD_IDENTITY_AUDIENCE, "Pod Identity")?,
                addresses: attributes.address_type(),
            }
        } else {
            let token = attributes.token(STS_AUDIENCE, "IRSA")?;
            let (namespace, account) = (attributes.namespace(), attributes.service_account());
            let role = kubernetes.role(namespace, account, end).await?;
            Proof::WebIdentity { token, role }
        };
        Ok(Self {
            proof,
            namespace: attributes.namespace().to_owned(),
            service_account: attributes.service_account().to_owned(),
            pod: attributes.pod().to_owned(),
            uid: attributes.pod_uid().to_owned(),
        })
    }

    /// The role in the annotation of the service account; `None` for Pod Identity.
    pub(crate) fn role(&self) -> Option<&str> {
        match &self.proof {
            Proof::PodIdentity { .. } => None,
            Proof::WebIdentity { role, .. } => Some(role),
        }
    }

    /// The issuer in the token of the pod; the provider does not verify the signature.
    pub(crate) fn issuer(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Claims {
            iss: String,
        }
        let (Proof::PodIdentity { token, .. } | Proof::WebIdentity { token, .. }) = &self.proof;
        let claims = token.expose().split('.').nth(1)?;
        let claims = Zeroizing::new(URL_SAFE_NO_PAD.decode(claims).ok()?);
        let Claims { iss } = serde_json::from_slice(&claims).ok()?;
        Some(iss)
    }

    fn kind(&self) -> &'static str {
        match self.proof {
            Proof::PodIdentity { .. } => "pod-identity",
            Proof::WebIdentity { .. } => "irsa",
        }
    }

    fn key(&self, region: &str) -> Key {
        let scope = match &self.proof {
            Proof::PodIdentity { .. } => "pod-identity".to_owned(),
            Proof::WebIdentity { role, .. } => format!("irsa {role}"),
        };
        Key {
            scope,
            namespace: self.namespace.clone(),
            service_account: self.service_account.clone(),
            uid: self.uid.clone(),
            region: region.to_owned(),
        }
    }
}

impl Identities {
    pub(crate) fn new(config: &Config, metrics: Arc<Metrics>) -> Self {
        Self {
            agent: Agent::new(config, Arc::clone(&metrics)),
            legacy_session_name: config.legacy_session_name,
            cache: config.credential_cache.then(|| Mutex::new(HashMap::new())),
            metrics,
        }
    }

    /// The credentials of a pod in a region.
    pub(crate) async fn credentials(
        &self,
        pod: &PodIdentity,
        region: &str,
        settings: &SdkConfig,
        deadline: Instant,
    ) -> Result<Credentials, Failure> {
        let key = pod.key(region);
        if let Some(credentials) = self.cached(&key) {
            self.metrics.credentials(pod.kind(), "cache");
            return Ok(credentials);
        }
        let fetched = match &pod.proof {
            Proof::PodIdentity { token, addresses } => {
                self.agent
                    .credentials(token, *addresses, region, deadline)
                    .await
            }
            Proof::WebIdentity { token, role } => {
                let name = if self.legacy_session_name {
                    web_identity::legacy_name()
                } else {
                    web_identity::session_name(&pod.namespace, &pod.service_account, &pod.pod)
                };
                let answer = web_identity::assume(settings, region, role, token, name).await;
                let outcome = answer
                    .as_ref()
                    .map_or_else(|failure| &*failure.code, |_| "OK");
                self.metrics
                    .call("sts", "AssumeRoleWithWebIdentity", region, outcome);
                answer
            }
        };
        let source = if fetched.is_ok() { "fetched" } else { "failed" };
        self.metrics.credentials(pod.kind(), source);
        if let Ok(credentials) = &fetched {
            self.keep(key, credentials);
        }
        fetched
    }

    /// Removes the credentials of a pod after AWS denied an access; the association or a policy can have changed.
    pub(crate) fn forget(&self, pod: &PodIdentity, region: &str) {
        if let Some(cache) = &self.cache {
            let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
            cache.remove(&pod.key(region));
        }
    }

    fn cached(&self, key: &Key) -> Option<Credentials> {
        let cache = self.cache.as_ref()?.lock();
        let cache = cache.unwrap_or_else(PoisonError::into_inner);
        cache
            .get(key)
            .filter(|credentials| lasts(credentials))
            .cloned()
    }

    fn keep(&self, key: Key, credentials: &Credentials) {
        // Without a uid a re-created pod would get the credentials of its predecessor.
        let Some(cache) = self.cache.as_ref().filter(|_| !key.uid.is_empty()) else {
            return;
        };
        if !lasts(credentials) {
            return;
        }
        let mut cache = cache.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= MAX_CACHED {
            cache.retain(|_, kept| lasts(kept));
        }
        if cache.len() < MAX_CACHED {
            cache.insert(key, credentials.clone());
        }
    }
}

fn lasts(credentials: &Credentials) -> bool {
    credentials
        .expiry()
        .is_some_and(|expiry| expiry > SystemTime::now() + MARGIN)
}
