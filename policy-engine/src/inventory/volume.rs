//! CSI volumes of a workload as written, and the containers that read the files.

use crate::source::{Origin, Spanned};
use serde::{Deserialize, Serialize};

/// An inline CSI volume (`volumes[].csi`).
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CsiVolume {
    /// The volume's name.
    pub name: Spanned<String>,
    /// `driver`
    pub driver: Spanned<String>,
    /// `readOnly`, if it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_only: Option<Spanned<bool>>,
    /// `volumeAttributes`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<(Spanned<String>, Spanned<String>)>,
    /// The name in `nodePublishSecretRef`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publish_secret: Option<Spanned<String>>,
    /// The mounts of the containers, init and ephemeral containers included.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mounts: Vec<VolumeMount>,
    /// The `csi` member: its key.
    pub origin: Origin,
}

/// An entry of a container's `volumeMounts`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct VolumeMount {
    /// The container's name.
    pub container: String,
    /// `mountPath`
    pub path: Spanned<String>,
    /// `subPath` or `subPathExpr`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_path: Option<Spanned<String>>,
    /// The user of the container, as far as the container states it.
    #[serde(default, skip_serializing_if = "RunAs::is_empty")]
    pub run_as: RunAs,
    /// The whole entry.
    pub origin: Origin,
}

/// A `securityContext`, as far as it decides who reads files; numbers as written.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunAs {
    /// `runAsUser`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<Spanned<String>>,
    /// `runAsGroup`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<Spanned<String>>,
    /// `runAsNonRoot`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub non_root: Option<Spanned<bool>>,
}

impl CsiVolume {
    /// The value of a volume attribute.
    pub fn attribute(&self, name: &str) -> Option<&Spanned<String>> {
        let mut same = self.attributes.iter().rev();
        same.find(|(key, _)| key.value == name)
            .map(|(_, value)| value)
    }

    /// The class that the volume names.
    pub fn class(&self) -> Option<&Spanned<String>> {
        self.attribute("secretProviderClass")
            .filter(|class| !class.value.is_empty())
    }
}

impl RunAs {
    /// Whether the context states nothing.
    pub(super) fn is_empty(&self) -> bool {
        self.user.is_none() && self.group.is_none() && self.non_root.is_none()
    }
}
