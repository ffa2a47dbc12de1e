//! SCT112 `secret-name-looks-suffixed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};
use crate::text::suffix::looks_suffixed;

rule! {
    /// Flags a secret whose name ends with a hyphen and six letters or digits, like the end of an ARN.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager adds a hyphen and six random characters to the name in the ARN of a secret. A request with a partial
    /// ARN of such a secret can return another secret, or none. AWS advises against such names.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    ///      secrets:
    /// +      dev/db-backup: { tags: { kubernetes-namespace: dev, eks-cluster-arn: arn:aws:eks:us-east-1:111122223333:cluster/prod } }
    ///        dev/local:
    /// ```
    ///
    /// # Accepted
    ///
    /// Choose another end of the name:
    ///
    /// ```yaml
    /// secrets:
    ///   dev/backup-of-db: { tags: { kubernetes-namespace: dev } }
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret" "backup" {
    ///   name = "dev/backup-of-db"
    ///   tags = { kubernetes-namespace = "dev" }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html>
    "SCT112" "secret-name-looks-suffixed", Low Fragile High,
    needs: [Secrets], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for secret in &context.inventory.secrets {
        if !looks_suffixed(&secret.name) {
            continue;
        }
        let name = secret.name.as_str();
        let message = format!("the name `{name}` ends like the ARN of a secret");
        let draft = Draft::new(name, secret.origin, "a hyphen and six characters", message)
            .because(secret.account.as_str())
            .because(secret.region.as_str())
            .help("refer to the secret by its full ARN or its name, never by a partial ARN; choose another end for new names");
        findings.add(draft);
    }
}
