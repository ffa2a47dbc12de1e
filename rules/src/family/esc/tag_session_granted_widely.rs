//! ESC112 `tag-session-granted-widely`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, resources, speaks_of};
use crate::finding::Findings;

rule! {
    /// Flags a role of pods, or a policy that allows reading secrets, with permission to assume any role with any session
    /// tags.
    ///
    /// # Why it matters
    ///
    /// If the trust policy of another role allows the whole account, the pod can assume that role and set the session tags of
    /// any tenant.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": "sts:*", "Resource": "*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Name the roles:
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:dev/db-??????"},
    ///  {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": "arn:aws:iam::444455556666:role/reader"}]
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
    ///
    ///   statement {
    ///     actions   = ["sts:AssumeRole", "sts:TagSession"]
    ///     resources = ["arn:aws:iam::444455556666:role/reader"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    /// * <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    "ESC112" "tag-session-granted-widely", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for danger in crate::ask::tampering::allowed(context, document, &["sts:TagSession"]) {
        let any = resources(danger.statement)
            .iter()
            .any(|value| matches!(value.text.literal().rsplit(":role/").next(), Some("*")));
        let probe = danger
            .probe
            .with("aws:RequestTag/kubernetes-namespace", "another-tenant")
            .with("aws:TagKeys", "kubernetes-namespace");
        let Some(proof) = probe
            .side_allows(context, document)
            .filter(|_| any && speaks_of(danger.statement, "sts:AssumeRole"))
        else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "matches every role",
                format!(
                    "`{}` can assume any role with any session tags",
                    document.object
                ),
            )
            .because(danger.action)
            .help("list the roles in `Resource`")
            .request(Some(proof));
        findings.add(draft);
    }
}
