//! ESC125 `secret-reader-is-admin`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::finding::{Draft, Findings};

rule! {
    /// Flags a policy of AWS that manages everything, IAM or all secrets, attached to a role that pods can have.
    ///
    /// # Why it matters
    ///
    /// It includes every way to tamper with what keeps tenants apart.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=TAG131+TAG125
    ///        bounded:
    ///          trust: *pods-of-prod
    /// +        attach: [arn:aws:iam::aws:policy/SecretsManagerReadWrite]
    /// ```
    "ESC125" "secret-reader-is-admin", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Roles], aws: [], fix: None, Check::World(check);
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
            let draft = Draft::new(&*name, attached.origin, "manages what it reads", format!("pods have the role `{name}` with the policy {policy}"))
                .because(policy)
                .related(role.origin, "the role")
                .help("allow secretsmanager:GetSecretValue and secretsmanager:DescribeSecret on what the pods mount");
            findings.add(draft);
        }
    }
}
