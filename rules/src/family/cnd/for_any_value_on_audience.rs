//! CND127 `for-any-value-on-audience`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::SetQualifier;

rule! {
    /// Flags `ForAnyValue:` on the audience of a web identity.
    ///
    /// # Why it matters
    ///
    /// AWS evaluates the audience of a Kubernetes token as a single value, and `ForAnyValue:` is for multivalued keys. IAM
    /// Access Analyzer reports a security warning for it.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"ForAnyValue:StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com"}, "StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the operator without `ForAnyValue:`:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = ["arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"]
    ///     }
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "oidc.eks.us-east-1.amazonaws.com/id/EX:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "oidc.eks.us-east-1.amazonaws.com/id/EX:sub"
    ///       values   = ["system:serviceaccount:dev:app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html>
    "CND127" "for-any-value-on-audience", High Leak High,
    needs: [Policies], aws: ["FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let any = condition
            .parsed
            .is_some_and(|operator| operator.qualifier == Some(SetQualifier::ForAnyValue));
        if any && document.kind == PolicyType::Trust && key(condition).ends_with(":aud") {
            let plain = condition.operator.value.rsplit(':').next().unwrap_or("");
            let draft = document
                .in_statement(
                    statement,
                    condition.operator.origin,
                    "the audience has one value",
                    format!(
                        "`{}` has one value and needs no set operator",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help(plain);
            findings.add(draft);
        }
    }
}
