//! IRS104 `irsa-sub-literal-star`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use crate::text::globs::has_wildcard;
use crate::world::subjects::written;
use policy_engine::policy::PolicyType;
use policy_engine::policy::condition::Comparison;

rule! {
    /// Flags a wildcard in the subject of a web identity, if the operator of the condition compares exactly.
    ///
    /// # Why it matters
    ///
    /// `StringEquals` compares `*` literally, and no token has a subject with `*`. STS denies `AssumeRoleWithWebIdentity` for
    /// every pod.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:*"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the complete subject:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Federated": "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EX"}, "Action": "sts:AssumeRoleWithWebIdentity",
    ///  "Condition": {"StringEquals": {"oidc.eks.us-east-1.amazonaws.com/id/EX:aud": "sts.amazonaws.com", "oidc.eks.us-east-1.amazonaws.com/id/EX:sub": "system:serviceaccount:dev:app"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// locals {
    ///   issuer = replace(aws_iam_openid_connect_provider.prod.url, "https://", "")
    /// }
    ///
    /// data "aws_iam_policy_document" "legacy_trust" {
    ///   statement {
    ///     actions = ["sts:AssumeRoleWithWebIdentity"]
    ///     principals {
    ///       type        = "Federated"
    ///       identifiers = [aws_iam_openid_connect_provider.prod.arn]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:aud"
    ///       values   = ["sts.amazonaws.com"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "${local.issuer}:sub"
    ///       values   = ["system:serviceaccount:dev:app"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
    "IRS104" "irsa-sub-literal-star", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document).filter(|(_, condition)| {
        key(condition).ends_with(":sub") && document.kind == PolicyType::Trust
    }) {
        let exact = condition.parsed.is_some_and(|operator| {
            operator.comparison == Comparison::StringEquals && !operator.negated
        });
        let values = condition.values.iter();
        let values = values.filter(|own| exact && has_wildcard(own.text.literal()));
        for (value, place) in values.map(|own| (own.text.to_string(), own.origin)) {
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "not a wildcard here",
                    format!("this operator compares `{value}` literally"),
                )
                .because(&*value)
                .help(format!(
                    "write \"{}\": {}",
                    key(condition),
                    written(&context.index, document)
                ));
            findings.add(draft);
        }
    }
}
