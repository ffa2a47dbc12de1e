//! SPC119 `preferred-address-type-invalid`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags a `preferredAddressType` other than `ipv4`, `ipv6` and `auto`, or a `preferredAddressType` in a class that uses
    /// IRSA.
    ///
    /// # Why it matters
    ///
    /// The provider treats an unsupported value as `auto` and ignores the parameter with IRSA, both without an error. In a
    /// cluster with only one address family the provider may then call the Pod Identity agent at the wrong address.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml
    ///      region: us-east-1
    /// +    preferredAddressType: dual
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a supported value:
    ///
    /// ```yaml
    /// region: us-east-1
    /// preferredAddressType: ipv4
    /// ```
    ///
    /// # References
    ///
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC119" "preferred-address-type-invalid", Low Fragile High,
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in context
        .inventory
        .classes
        .iter()
        .filter(|class| class.provider == "aws")
    {
        let Some(value) = class.parameter("preferredAddressType") else {
            continue;
        };
        let known = ["ipv4", "ipv6", "auto"]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(&value.value));
        let message = match (known, class.uses_pod_identity()) {
            (false, _) => format!("`{}` is neither ipv4, ipv6 nor auto", value.value),
            (true, Some(false)) => {
                "the provider ignores the address type without Pod Identity".to_owned()
            }
            (true, _) => continue,
        };
        let draft = Draft::new(&*class.name.value, value.origin, "ignored", message)
            .because(&*value.value)
            .help("write preferredAddressType: ipv4, ipv6 or auto, with usePodIdentity: \"true\"");
        findings.add(draft);
    }
}
