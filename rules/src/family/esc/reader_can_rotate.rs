//! ESC109 `reader-can-rotate`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::key;
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to choose the Lambda function that
    /// rotates a secret.
    ///
    /// # Why it matters
    ///
    /// Secrets Manager calls the function to rotate the secret, and the function reads the value. With its own function, the
    /// pod's owner gets values that its role may not read.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "secretsmanager:RotateSecret", "Resource": "*"}]
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
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets.html>
    "ESC109" "reader-can-rotate", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in
        crate::ask::tampering::allowed(context, document, &["secretsmanager:RotateSecret"])
    {
        let pinned = danger.statement.conditions.iter().any(|condition| {
            key(condition).eq_ignore_ascii_case("secretsmanager:RotationLambdaARN")
        });
        let Some(proof) = danger.probe.allowed(context, document).filter(|_| !pinned) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "chooses the rotation function",
                format!(
                    "`{}` can choose the function that receives the new value of a secret",
                    document.object
                ),
            )
            .because(danger.action)
            .help(danger.remedy(
                "remove the action, or add a condition on `secretsmanager:RotationLambdaARN`",
            ))
            .request(Some(proof));
        findings.add(draft);
    }
}
