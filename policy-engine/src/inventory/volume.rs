//! CSI volumes of a workload as they are written, and who reads the files.

use crate::source::{Origin, Spanned};

/// An inline CSI volume (`volumes[].csi`).
#[derive(Clone, Debug)]
pub struct CsiVolume {
    /// The volume's name.
    pub name: Spanned<String>,
    /// `driver`
    pub driver: Spanned<String>,
    /// `readOnly`, where it is written.
    pub read_only: Option<Spanned<bool>>,
    /// `volumeAttributes`
    pub attributes: Vec<(Spanned<String>, Spanned<String>)>,
    /// The name in `nodePublishSecretRef`.
    pub publish_secret: Option<Spanned<String>>,
    /// Where containers mount it, init and ephemeral ones included.
    pub mounts: Vec<VolumeMount>,
    /// The `csi` member: its key.
    pub origin: Origin,
}

/// An entry of a container's `volumeMounts`.
#[derive(Clone, Debug)]
pub struct VolumeMount {
    /// The container's name.
    pub container: String,
    /// `mountPath`
    pub path: Spanned<String>,
    /// `subPath` or `subPathExpr`
    pub sub_path: Option<Spanned<String>>,
    /// Whom the container runs as, as far as it says so itself.
    pub run_as: RunAs,
    /// The whole entry.
    pub origin: Origin,
}

/// A `securityContext` as far as it decides who reads files; numbers as they are spelt.
#[derive(Clone, Debug, Default)]
pub struct RunAs {
    /// `runAsUser`
    pub user: Option<Spanned<String>>,
    /// `runAsGroup`
    pub group: Option<Spanned<String>>,
    /// `runAsNonRoot`
    pub non_root: Option<Spanned<bool>>,
}

impl CsiVolume {
    /// The value of a volume attribute.
    pub fn attribute(&self, name: &str) -> Option<&Spanned<String>> {
        let mut same = self.attributes.iter().rev();
        same.find(|(key, _)| key.value == name)
            .map(|(_, value)| value)
    }

    /// The class that it names.
    pub fn class(&self) -> Option<&Spanned<String>> {
        self.attribute("secretProviderClass")
            .filter(|class| !class.value.is_empty())
    }
}
