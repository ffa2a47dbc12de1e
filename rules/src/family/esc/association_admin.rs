//! ESC114 `association-admin`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to create or change EKS Pod Identity
    /// associations.
    ///
    /// # Why it matters
    ///
    /// A pod with this permission can bind another role to a namespace of its choice, or turn session tags off. No condition
    /// key limits the service account or the tags of an association.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "eks:CreatePodIdentityAssociation", "Resource": "*"}]
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
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/eks/latest/APIReference/API_PodIdentityAssociation.html>
    "ESC114" "association-admin", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(
        context,
        document,
        &[
            "eks:CreatePodIdentityAssociation",
            "eks:UpdatePodIdentityAssociation",
        ],
    ) {
        let Some(proof) = danger
            .probe
            .clone()
            .on("arn:aws:eks:us-east-1:111122223333:cluster/prod")
            .allowed(context, document)
        else {
            continue;
        };
        let draft =
            document
                .in_statement(
                    danger.statement,
                    danger.place,
                    "creates associations",
                    format!(
                        "`{}` can associate roles with pods of any namespace",
                        document.object
                    ),
                )
                .because(danger.action)
                .help(danger.remedy(
                    "remove the action; let only the deployment pipeline create associations",
                ))
                .request(Some(proof));
        findings.add(draft);
    }
}
