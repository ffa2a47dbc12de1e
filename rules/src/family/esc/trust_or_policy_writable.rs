//! ESC116 `trust-or-policy-writable`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::text::Text;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to write the policies of roles.
    ///
    /// # Why it matters
    ///
    /// The pod can give any role, including its own, every permission of the account. No other policy then protects the
    /// secrets.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "iam:PutRolePolicy", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html>
    "ESC116" "trust-or-policy-writable", High Leak High,
    properties: [OnePerPlace, Outranks], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const WRITES: [&str; 5] = [
    "iam:UpdateAssumeRolePolicy",
    "iam:PutRolePolicy",
    "iam:AttachRolePolicy",
    "iam:DeleteRolePermissionsBoundary",
    "iam:CreatePolicyVersion",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &WRITES) {
        let probe = danger.probe.clone();
        let targets = targets(context, danger.action).map(|target| probe.clone().on(target));
        let mut probes = std::iter::once(probe.clone()).chain(targets);
        let alone = |probe: &Probe| probe.allowed_alone(context, document, danger.statement);
        let proof = probes.find_map(|probe| {
            let proof = probe.allowed(context, document);
            proof.filter(|_| alone(&probe))
        });
        let Some(proof) = proof else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "changes policies of roles",
                format!("`{}` can change the policies of roles", document.object),
            )
            .because(danger.action)
            .help(danger.remedy("remove the action from the roles that read secrets"))
            .request(Some(proof));
        findings.add(draft);
    }
}

/// The roles of pods, or the policies that are attached to them, by their ARNs.
fn targets(context: &Context<'_>, action: &str) -> impl Iterator<Item = Text> {
    let of_policies = action == "iam:CreatePolicyVersion";
    let roles = context.inventory.roles.iter();
    let roles = roles.filter(|role| context.pods.serve(role));
    roles.flat_map(move |role| {
        let policies = role
            .attached
            .list
            .iter()
            .map(|policy| Text::shown(&policy.value));
        let own = std::iter::once(role.arn.text().clone());
        let policies = policies.filter(move |_| of_policies);
        own.filter(move |_| !of_policies).chain(policies)
    })
}
