//! ESC125 `secret-reader-is-admin`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags an AWS managed policy that allows everything, all of IAM or all secrets, on a role that pods can use.
    ///
    /// # Why it matters
    ///
    /// The policy includes the permissions to change secrets, tags and policies. A pod can then remove the conditions that
    /// separate the tenants.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=TAG131+TAG125
    ///        bounded:
    ///          trust: *pods-of-prod
    /// +        attach: [arn:aws:iam::aws:policy/SecretsManagerReadWrite]
    /// ```
    ///
    /// # Accepted
    ///
    /// Write a policy with the read actions, and attach nothing wider:
    ///
    /// ```yaml
    /// bounded:
    ///   policies:
    ///     read-local:
    ///       - Effect: Allow
    ///         Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///         Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/local-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    "ESC125" "secret-reader-is-admin", High Leak High,
    properties: [OnePerPlace, OnePerStatement], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
}

const MANAGING: [&str; 4] = [
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMFullAccess",
    "SecretsManagerReadWrite",
];

fn check(context: &Context<'_>, findings: &mut Findings) {
    for role in context
        .inventory
        .roles
        .iter()
        .filter(|role| context.pods.serve(role))
    {
        let name = context.inventory.role_name(&role.arn);
        for attached in &role.attached.list {
            let policy = attached
                .value
                .split_once(":iam::aws:policy/")
                .map_or("", |(_, policy)| policy);
            if !MANAGING.contains(&policy) {
                continue;
            }
            let draft = Draft::new(&*name, attached.origin, "allows management", format!("the role `{name}` of pods has the policy {policy}"))
                .because(policy)
                .related(role.origin, "the role")
                .help("replace the policy with one that allows secretsmanager:GetSecretValue and secretsmanager:DescribeSecret on the mounted secrets");
            findings.add(draft);
        }
    }
}
