//! ESC110 `reader-can-overwrite-parameter`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::service::PARAMETER_STORE;

rule! {
    /// Flags a role of pods, or a policy that allows reading parameters, with permission to overwrite or share parameters.
    ///
    /// # Why it matters
    ///
    /// A pod with `ssm:PutParameter` can replace the values that other applications read, and conditions on the tags of the
    /// parameter do not limit this action. A permission to share opens the values to other accounts.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": ["ssm:GetParameters", "ssm:PutParameter"], "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["arn:aws:ssm:us-east-1:111122223333:parameter/*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    "ESC110" "reader-can-overwrite-parameter", High Leak High,
    properties: [OnePerPlace], options: [TRUSTED_ADMINS], needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let service = &PARAMETER_STORE;
    let changes = [service.replaces, service.shares].concat();
    for danger in crate::ask::tampering::allowed(context, document, &changes) {
        let Some(proof) = danger.probe.allowed(context, document) else {
            continue;
        };
        let draft = document
            .in_statement(
                danger.statement,
                danger.place,
                "changes parameters",
                format!("`{}` can overwrite or share parameters", document.object),
            )
            .because(danger.action)
            .help(danger.remedy("\"Action\": \"ssm:GetParameters\""))
            .request(Some(proof));
        findings.add(draft);
    }
}
