//! Puts a snapshot into a ConfigMap, for the CronJob that renews it: read and checked first, so that no node gets a bad one.

use crate::{config::Config, policy};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client,
    api::{Patch, PatchParams},
};
use serde_json::json;
use std::{path::Path, time::Duration};

/// The key in the ConfigMap, and so the file's name on the nodes.
const KEY: &str = "snapshot.json";
/// What the API server takes for all keys of a ConfigMap.
const MAX_BYTES: usize = 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes the snapshot into the ConfigMap, which has to exist; answers what was done.
pub async fn publish(config: &Config, file: &Path) -> Result<String, String> {
    let Some(target) = &config.config_map else {
        return Err("--publish-snapshot needs --config-map NAMESPACE/NAME".to_owned());
    };
    let Some((namespace, name)) = target.split_once('/') else {
        return Err(format!("--config-map `{target}` is not NAMESPACE/NAME"));
    };
    let text =
        policy::checked_text(file).map_err(|problem| format!("{}: {problem}", file.display()))?;
    let bytes = text.len();
    if bytes > MAX_BYTES {
        return Err(format!(
            "{}: the snapshot has {bytes} bytes, and a ConfigMap takes {MAX_BYTES}; write one of one cluster: `ascp-policy snapshot --cluster NAME`",
            file.display()
        ));
    }
    let write = async {
        let mut config = kube::Config::infer()
            .await
            .map_err(|error| error.to_string())?;
        config.proxy_url = None;
        let client = Client::try_from(config).map_err(|error| error.to_string())?;
        let maps: Api<ConfigMap> = Api::namespaced(client, namespace);
        let patch = Patch::Merge(json!({"data": {KEY: text}}));
        maps.patch(name, &PatchParams::default(), &patch)
            .await
            .map_err(|error| match error {
                kube::Error::Api(status) if status.code == 404 => {
                    format!("there is no ConfigMap {target}; create an empty one")
                }
                kube::Error::Api(status) if status.code == 403 => format!(
                    "the service account may not patch ConfigMap {target}: {}",
                    status.message
                ),
                error => error.to_string(),
            })
    };
    tokio::time::timeout(PATIENCE, write)
        .await
        .map_err(|_| "the Kubernetes API does not answer".to_owned())??;
    Ok(format!(
        "wrote {bytes} bytes to {KEY} of ConfigMap {target}"
    ))
}
