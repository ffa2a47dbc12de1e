//! ESC106 `reader-can-set-policy`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::service::SECRETS_MANAGER;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to write the policies of secrets.
    ///
    /// # Why it matters
    ///
    /// The pod can allow itself, or any other account, in the policy of a secret. Within one account the policy of the secret
    /// alone allows the read.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:PutResourcePolicy"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read actions:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "ESC106" "reader-can-set-policy", Critical Leak High,
    properties: [OnePerPlace, OnePerStatement], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, SECRETS_MANAGER.shares) {
        let Some(proof) = danger.probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(danger.statement, danger.place, "changes resource policies", format!("`{}` can change the resource policies of the secrets that it reads", document.object))
            .because(danger.action)
            .help(danger.remedy("allow only the actions that read: secretsmanager:GetSecretValue, secretsmanager:DescribeSecret"))
            .request(Some(proof));
        findings.add(draft);
    }
}
