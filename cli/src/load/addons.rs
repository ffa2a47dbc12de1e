//! Where the add-ons of EKS run.

/// The namespaces of add-ons with associations of their own, as the AWS guide to each says.
const NAMESPACES: [(&str, &str); 10] = [
    ("amazon-cloudwatch-observability", "amazon-cloudwatch"),
    ("aws-ebs-csi-driver", "kube-system"),
    ("aws-efs-csi-driver", "kube-system"),
    ("aws-fsx-csi-driver", "kube-system"),
    ("aws-mountpoint-s3-csi-driver", "kube-system"),
    (
        "aws-network-flow-monitoring-agent",
        "amazon-network-flow-monitor",
    ),
    ("cert-manager", "cert-manager"),
    ("external-dns", "external-dns"),
    ("vpc-cni", "kube-system"),
    ("adot", "opentelemetry-operator-system"),
];

/// The namespace of an add-on that is given none; EKS offers no call that tells it.
pub(super) fn namespace(addon: &str) -> Option<&'static str> {
    NAMESPACES
        .iter()
        .find(|(name, _)| *name == addon)
        .map(|(_, namespace)| *namespace)
}
