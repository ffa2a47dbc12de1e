//! The state that all mounts share: settings, clients, caches and counters.

use crate::{
    config::Config, identity::Identities, kubernetes::Kubernetes, lanes::Lanes, metrics::Metrics,
    policy::Policy,
};
use aws_config::SdkConfig;
use std::sync::Arc;

/// The state that all mounts share.
pub(crate) struct App {
    pub(crate) config: Config,
    pub(crate) settings: SdkConfig,
    pub(crate) kubernetes: Kubernetes,
    pub(crate) identities: Identities,
    pub(crate) lanes: Lanes,
    pub(crate) policy: Policy,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) aws_region: String,
}

impl App {
    /// Reads the environment and creates the clients; makes no call.
    pub(crate) async fn new(config: Config) -> Result<Self, String> {
        let metrics = Arc::new(Metrics::new());
        Ok(Self {
            settings: crate::aws::settings(&config).await?,
            kubernetes: Kubernetes::new(&config, Arc::clone(&metrics)),
            identities: Identities::new(&config, Arc::clone(&metrics)),
            lanes: Lanes::default(),
            policy: Policy::new(&config, Arc::clone(&metrics)),
            aws_region: std::env::var("AWS_REGION").unwrap_or_default(),
            metrics,
            config,
        })
    }
}
