//! The driver: requests as version 1.6.0 sends them.

use provider::generated::{
    MountRequest, MountResponse, csi_driver_provider_client::CsiDriverProviderClient,
};
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::net::UnixStream;
use tonic::{
    Request, Status,
    transport::{Channel, Endpoint, Uri},
};

/// A token that must not appear in any output.
pub(crate) const POD_IDENTITY_TOKEN: &str = "canary-pod-identity-token";
pub(crate) const STS_TOKEN: &str = "canary-sts-token";

/// Connects to a socket.
pub(crate) async fn connect(socket: PathBuf) -> CsiDriverProviderClient<Channel> {
    let connector = tower::service_fn(move |_: Uri| {
        let socket = socket.clone();
        async move {
            UnixStream::connect(socket)
                .await
                .map(hyper_util::rt::TokioIo::new)
        }
    });
    let channel = Endpoint::from_static("http://localhost")
        .connect_with_connector(connector)
        .await
        .unwrap();
    CsiDriverProviderClient::new(channel)
}

/// The tokens as kubelet passes them.
pub(crate) fn tokens() -> String {
    json!({
        "pods.eks.amazonaws.com": {"token": POD_IDENTITY_TOKEN, "expirationTimestamp": "2099-01-01T00:00:00Z"},
        "sts.amazonaws.com": {"token": STS_TOKEN, "expirationTimestamp": "2099-01-01T00:00:00Z"},
    })
    .to_string()
}

/// The attributes of a pod with Pod Identity.
pub(crate) fn attributes(objects: &str) -> Value {
    json!({
        "objects": objects,
        "region": "us-west-2",
        "usePodIdentity": "true",
        "secretProviderClass": "app",
        "csi.storage.k8s.io/pod.name": "app-1",
        "csi.storage.k8s.io/pod.namespace": "qa",
        "csi.storage.k8s.io/pod.uid": "8f1c",
        "csi.storage.k8s.io/serviceAccount.name": "app",
        "csi.storage.k8s.io/serviceAccount.tokens": tokens(),
    })
}

/// The `objects` of a class with these secrets.
pub(crate) fn secrets(names: impl IntoIterator<Item = String>) -> String {
    let objects = names
        .into_iter()
        .map(|name| json!({"objectName": name, "objectType": "secretsmanager"}));
    json!(objects.collect::<Vec<_>>()).to_string()
}

/// A request with these attributes.
pub(crate) fn request(attributes: &Value, target: &Path) -> MountRequest {
    MountRequest {
        attributes: attributes.to_string(),
        secrets: "{}".to_owned(),
        target_path: target.to_str().unwrap().to_owned(),
        permission: "420".to_owned(),
        current_object_version: Vec::new(),
    }
}

/// One mount, with the deadline that the driver forwards.
pub(crate) async fn mount(
    client: &mut CsiDriverProviderClient<Channel>,
    message: MountRequest,
    deadline: Duration,
) -> Result<MountResponse, Status> {
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    client.mount(request).await.map(tonic::Response::into_inner)
}
