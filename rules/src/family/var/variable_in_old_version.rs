//! VAR107 `variable-in-old-version`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;
use crate::text::variables::variables;

rule! {
    /// Flags a policy variable in a policy without `Version`, or with the version `2008-10-17`.
    ///
    /// # Why it matters
    ///
    /// AWS does not resolve variables there and compares `${…}` literally. A condition with `StringEquals` never matches, and
    /// a negated condition always matches. TAG115 reports the same if a mount fails because of it.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Version": "2008-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the version `2012-10-17`:
    ///
    /// ```json secret
    /// {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// resource "aws_secretsmanager_secret_policy" "db" {
    ///   secret_arn = aws_secretsmanager_secret.db.arn
    ///   policy = jsonencode({
    ///     Version = "2012-10-17"
    ///     Statement = [{
    ///       Effect    = "Allow"
    ///       Principal = { AWS = "arn:aws:iam::111122223333:role/app" }
    ///       Action    = "secretsmanager:GetSecretValue"
    ///       Resource  = "*"
    ///       Condition = { StringEquals = { "aws:ResourceTag/team" = "$${aws:PrincipalTag/team}" } }
    ///     }]
    ///   })
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes `2012-10-17`, if the policy contains a version.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    "VAR107" "variable-in-old-version", High Break High,
    needs: [Policies], aws: ["VARIABLE_UNSUPPORTED_IN_VERSION"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.policy.has_variables() {
        return;
    }
    let mut texts = crate::document::texts(document);
    let Some((statement, text)) =
        texts.find(|(_, text)| !variables(text.text.literal()).is_empty())
    else {
        return;
    };
    let version = document.policy.version.as_ref();
    let place = version.map_or(document.policy.origin, |version| version.origin);
    let draft = document
        .dead(
            statement,
            RULE.severity,
            place,
            "this version has no policy variables",
            "`${…}` is literal text in this version of the policy language",
        )
        .because(text.text.literal())
        .related(text.origin, "compared literally")
        .help("\"Version\": \"2012-10-17\"");
    findings.add(if version.is_some() {
        draft.replace(Grade::Repair, "\"2012-10-17\"")
    } else {
        draft
    });
}
