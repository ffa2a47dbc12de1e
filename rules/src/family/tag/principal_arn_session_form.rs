//! TAG135 `principal-arn-session-form`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::{each, key, literal_values};
use crate::document::{Document, is_allow};
use crate::finding::Grade;
use crate::finding::{Findings, Fix};
use crate::world::roles::of_session;

rule! {
    /// Flags a comparison of `aws:PrincipalArn` with the ARN of a session.
    ///
    /// # Why it matters
    ///
    /// For a role session `aws:PrincipalArn` contains the ARN of the role, not of the session. The condition never matches:
    /// an Allow gives no access, and a Deny with a negated operator denies every caller.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::111122223333:assumed-role/app/*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the role:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:root"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "ArnLike"
    ///       variable = "aws:PrincipalArn"
    ///       values   = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the ARN of the role.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html>
    "TAG135" "principal-arn-session-form", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document)
        .filter(|(_, condition)| key(condition).eq_ignore_ascii_case("aws:PrincipalArn"))
    {
        for (value, place) in literal_values(condition) {
            let Some((head, rest)) = value.split_once(":assumed-role/") else {
                continue;
            };
            let right = of_session(context.inventory, head, rest);
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "the ARN of a session",
                    "`aws:PrincipalArn` contains the ARN of the role, not of the session",
                )
                .because(value)
                .help(format!("\"{right}\""));
            let mut draft = draft;
            let grade = if is_allow(statement) {
                Grade::Repair
            } else {
                Grade::Unsafe
            };
            draft.fix = Some(Fix {
                grade,
                edits: vec![(place, format!("\"{right}\""))],
            });
            findings.add(draft);
        }
    }
}
