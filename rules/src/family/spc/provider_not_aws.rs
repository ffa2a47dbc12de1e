//! SPC101 `provider-not-aws`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags a class whose provider is similar to `aws` but not equal. The rule skips classes of other providers.
    ///
    /// # Why it matters
    ///
    /// The driver compares the name of the provider exactly and searches for a socket with this name on the node. It does not
    /// find `AWS`, and the mount fails.
    ///
    /// # Flagged
    ///
    /// ```diff manifests.yaml also=SPC128
    /// -  provider: aws
    /// +  provider: AWS
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `aws` in lower case:
    ///
    /// ```yaml
    /// provider: aws
    /// ```
    ///
    /// # References
    ///
    /// * <https://secrets-store-csi-driver.sigs.k8s.io/getting-started/usage>
    /// * <https://github.com/aws/secrets-store-csi-driver-provider-aws>
    "SPC101" "provider-not-aws", High Break High,
    needs: [Classes], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for class in &context.inventory.classes {
        let lower = class.provider.to_ascii_lowercase();
        let is_aws = ["aws", "amazon", "aws-provider", "secretsmanager"].contains(&lower.as_str());
        let is_missing = class.provider.is_empty() && !class.objects.is_empty();
        if class.provider == "aws" || !(is_aws || is_missing) {
            continue;
        }
        let (label, message) = if is_missing {
            let name = &class.name.value;
            (
                "no provider".to_owned(),
                format!("the class `{name}` has no `spec.provider`: no pod can mount it"),
            )
        } else {
            (
                format!("the provider is `{}`", class.provider),
                format!("the driver has no provider `{}`", class.provider),
            )
        };
        let draft = Draft::new(&*class.name.value, class.name.origin, label, message)
            .because(&*class.provider)
            .help("provider: aws");
        findings.add(draft);
    }
}
