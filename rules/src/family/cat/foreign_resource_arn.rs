//! CAT108 `foreign-resource-arn`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags the policy of a secret or key whose `Resource` is an ARN of another service.
    ///
    /// # Why it matters
    ///
    /// The policy applies only to the secret or key to which it is attached. A statement with another ARN never matches.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:kms:us-east-1:444455556666:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `*`, which matches this resource only:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    "CAT108" "foreign-resource-arn", High Break High,
    needs: [Policies], aws: ["UNSUPPORTED_RESOURCE_ARN_IN_POLICY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let Some(own) = document.service() else {
        return;
    };
    let own = own.service;
    for arn in document.arns() {
        let Some(service) = arn.plain(2).filter(|service| *service != own) else {
            continue;
        };
        let message = format!("this policy of {own} contains an ARN of {service}");
        findings.add(
            document
                .dead(
                    arn.statement,
                    RULE.severity,
                    arn.value.origin,
                    "matches nothing here",
                    message,
                )
                .because(arn.text)
                .help("\"*\"")
                .once(arn.statement.origin),
        );
    }
}
