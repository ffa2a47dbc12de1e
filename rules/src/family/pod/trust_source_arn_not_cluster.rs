//! POD105 `trust-source-arn-not-cluster`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, is_positive, key, literal_values};
use crate::finding::Findings;
use crate::finding::{Draft, Grade};
use crate::mount::cause::{Case, Refusal};
use crate::text::globs::overlap;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a trust policy for EKS whose `aws:SourceArn` cannot match the ARN of a cluster.
    ///
    /// # Why it matters
    ///
    /// EKS sends the ARN of the cluster as `aws:SourceArn`. A pattern for another resource, such as the ARN of the
    /// association, looks more precise but never matches, and STS denies `AssumeRole`.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:111122223333:podidentityassociation/prod/*"}}}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    /// -              ArnEquals: { aws:SourceArn: arn:aws:eks:us-east-1:111122223333:cluster/prod }
    /// +              ArnLike: { aws:SourceArn: "arn:aws:eks:us-east-1:111122223333:podidentityassociation/prod/*" }
    /// ```
    ///
    /// # Accepted
    ///
    /// Write the ARN of the cluster:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"],
    ///  "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:eks:*:111122223333:cluster/prod"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "Service"
    ///       identifiers = ["pods.eks.amazonaws.com"]
    ///     }
    ///     actions = ["sts:AssumeRole", "sts:TagSession"]
    ///     condition {
    ///       test     = "ArnLike"
    ///       variable = "aws:SourceArn"
    ///       values   = ["arn:aws:eks:*:111122223333:cluster/prod"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes the change that the help names into the statement, if one place decides it. The statement then allows
    /// the pod's role more than before.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    "POD105" "trust-source-arn-not-cluster", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Unsafe), Check::Document(check), Check::Cause(find);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    for (statement, condition) in each(document) {
        let source = key(condition).eq_ignore_ascii_case("aws:SourceArn")
            && crate::document::lets_pods_in(statement);
        if !source || !condition.parsed.is_some_and(is_positive) {
            continue;
        }
        let cluster = |value: &str| {
            let fields = crate::document::arns::fields(value);
            let part = |at: usize| fields.get(at).copied().unwrap_or("*");
            overlap(part(2), "eks") && overlap(part(5), "cluster/*")
        };
        let mut values = literal_values(condition);
        if condition.values.is_empty()
            || values.any(|(value, _)| cluster(value))
            || condition
                .values
                .iter()
                .any(|own| !own.text.is_known() || own.text.literal().contains("${"))
        {
            continue;
        }
        let place = condition
            .values
            .first()
            .map_or(condition.origin, |value| value.origin);
        let draft = document
            .dead(
                statement,
                RULE.severity,
                place,
                "never matches the ARN of a cluster",
                "the pattern of `aws:SourceArn` does not match a cluster, and EKS sends the ARN of the cluster",
            )
            .because(key(condition))
            .help("arn:aws:eks:region:account:cluster/name");
        findings.add(draft);
    }
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    let key = trust.key().filter(|_| !trust.is_irsa)?;
    (key == "aws:sourcearn").then(|| refusal.draft(case))
}
