//! The keys that each dialect reads.

use super::{
    descriptor::{Descriptor, FailoverObject, JmesEntry},
    dialect::Dialect,
};

impl Dialect {
    /// The keys of an entry of `objects`.
    pub fn object_keys(self) -> Vec<&'static str> {
        self.keys(&Descriptor::KEYS, &["jmesPathAll", "mountObject"])
    }

    /// The keys of an entry of `jmesPath`.
    pub fn jmes_keys(self) -> Vec<&'static str> {
        self.keys(&JmesEntry::KEYS, &["allowNonString"])
    }

    /// The keys of a `failoverObject`.
    pub fn failover_keys(self) -> Vec<&'static str> {
        self.keys(&FailoverObject::KEYS, &[])
    }

    /// The parameters of a class.
    pub fn parameters(self) -> Vec<&'static str> {
        let upstream = [
            "objects",
            "region",
            "failoverRegion",
            "pathTranslation",
            "usePodIdentity",
            "preferredAddressType",
            "filePermission",
            "type",
        ];
        self.keys(&upstream, &["jmesNonString"])
    }

    fn keys(self, upstream: &[&'static str], ours: &[&'static str]) -> Vec<&'static str> {
        let ours = ours.iter().filter(|_| self.has_extensions());
        upstream.iter().chain(ours).copied().collect()
    }
}
