//! Writes a snapshot into a ConfigMap, for the CronJob that renews it. The snapshot is checked first, so that no node gets an invalid one.

use crate::{config::Config, error::causes, policy};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use flate2::{Compression, write::GzEncoder};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client,
    api::{Patch, PatchParams},
};
use serde_json::{Value, json};
use std::{io::Write as _, path::Path, time::Duration};

/// The key in the ConfigMap, which is the file name on the nodes.
const KEY: &str = "snapshot.json";
/// The limit of the API server for all keys of a ConfigMap.
const MAX_BYTES: usize = 1024 * 1024;
/// The first bytes of a compressed file.
const GZIP: [u8; 2] = [0x1f, 0x8b];
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes the snapshot into the ConfigMap, which must exist; returns a sentence about the result.
pub async fn publish(config: &Config, file: &Path) -> Result<String, String> {
    let Some(target) = &config.config_map else {
        return Err("--publish-snapshot requires --config-map NAMESPACE/NAME".to_owned());
    };
    let Some((namespace, name)) = target.split_once('/') else {
        return Err(format!(
            "--config-map `{target}` does not have the form NAMESPACE/NAME"
        ));
    };
    let at = |problem: String| format!("{}: {problem}", file.display());
    let content = policy::checked_bytes(file).map_err(at)?;
    let (bytes, body) = body(content).map_err(at)?;
    let write = async {
        let mut config = kube::Config::infer()
            .await
            .map_err(|error| error.to_string())?;
        config.proxy_url = None;
        let server = config.cluster_url.to_string();
        let client = Client::try_from(config).map_err(|error| error.to_string())?;
        let maps: Api<ConfigMap> = Api::namespaced(client, namespace);
        let patch = Patch::Merge(body);
        maps.patch(name, &PatchParams::default(), &patch)
            .await
            .map_err(|error| match error {
                kube::Error::Api(status) if status.code == 404 => {
                    format!("the ConfigMap {target} does not exist; create it without data")
                }
                kube::Error::Api(status) if status.code == 403 => format!(
                    "the service account may not patch ConfigMap {target}: {}",
                    status.message
                ),
                kube::Error::Api(status) => status.message,
                error => format!(
                    "the Kubernetes API at {server} cannot be reached: {}",
                    causes(&error)
                ),
            })
    };
    tokio::time::timeout(PATIENCE, write)
        .await
        .map_err(|_| "the Kubernetes API does not answer".to_owned())??;
    Ok(format!(
        "wrote {bytes} bytes to {KEY} of ConfigMap {target}"
    ))
}

/// The patch of the ConfigMap and its number of bytes: text, or compressed if the text is too long.
fn body(content: Vec<u8>) -> Result<(usize, Value), String> {
    let compressed = content.starts_with(&GZIP);
    if !compressed && content.len() <= MAX_BYTES {
        let text = String::from_utf8(content).map_err(|error| error.to_string())?;
        let length = text.len();
        let body = json!({"data": {KEY: text}, "binaryData": {KEY: null}});
        return Ok((length, body));
    }
    let packed = if compressed {
        content
    } else {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder
            .write_all(&content)
            .and_then(|()| encoder.finish())
            .map_err(|error| error.to_string())?
    };
    let bytes = packed.len();
    if bytes > MAX_BYTES {
        return Err(format!(
            "the compressed snapshot has {bytes} bytes, and the limit of a ConfigMap is {MAX_BYTES}; write a snapshot of one cluster: `ascp-policy snapshot --cluster NAME`"
        ));
    }
    let text = STANDARD.encode(packed);
    Ok((
        bytes,
        json!({"data": {KEY: null}, "binaryData": {KEY: text}}),
    ))
}
