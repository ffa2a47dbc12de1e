//! CND131 `audience-set-operator`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags `ForAllValues:` on the audience of a web identity.
    ///
    /// # Why it matters
    ///
    /// The audience of a token usually has one value, and `ForAllValues:` also matches a request without the claim. The
    /// qualifier adds nothing and weakens the condition.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"ForAllValues:StringEquals": {"idp.example.com:aud": "app"}, "StringEquals": {"idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator without `ForAllValues:`:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/idp.example.com"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"idp.example.com:aud": "app", "idp.example.com:sub": "ci"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:oidc-provider/idp.example.com"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "idp.example.com:aud"
    ///       values   = ["app"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "idp.example.com:sub"
    ///       values   = ["ci"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "CND131" "audience-set-operator", Info Style Medium,
    needs: [Policies], aws: ["CONFIRM_AUDIENCE_CLAIM_TYPE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let all = condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAllValues));
        if all && document.kind == PolicyType::Trust && key(condition).ends_with(":aud") {
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "matches if the claim is absent",
                    format!(
                        "the set operator has no purpose if `{}` has one value",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help("use StringEquals if the provider sends one audience");
            findings.add(draft);
        }
    }
}
