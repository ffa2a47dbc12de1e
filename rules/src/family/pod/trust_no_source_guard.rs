//! POD104 `trust-no-source-guard`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::{Document, Owner, is_allow, matches_action};
use crate::finding::Findings;
use crate::rule::Severity;
use policy_engine::inventory::Cluster;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::Statement;
use policy_engine::syntax::arn::Arn;

rule! {
    /// Flags a role that EKS may assume for any cluster: the trust policy has no condition on `aws:SourceAccount`,
    /// `aws:SourceArn`, `aws:SourceOrgID`, `aws:SourceOrgPaths` or the tag of the cluster. The rule skips roles if all
    /// associations are known.
    ///
    /// # Why it matters
    ///
    /// The principal `pods.eks.amazonaws.com` is a service for all clusters. A principal with `iam:PassRole` on the role can
    /// bind the role to a namespace of another cluster.
    ///
    /// The severity is info, and medium if the account of the role has a cluster that does not use the role. An association
    /// requires a role of the cluster's own account, and `iam:PassRole` on this role. In an account with one cluster the
    /// condition therefore adds little, and the trust policy in the EKS user guide has none.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
    /// ```
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": "dev"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// Require the account or the cluster of the association:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    /// ```
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"], "Condition": {"StringEquals": {"aws:RequestTag/eks-cluster-arn": "arn:aws:eks:us-east-1:111122223333:cluster/prod"}}}
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
    ///       test     = "StringEquals"
    ///       variable = "aws:SourceAccount"
    ///       values   = ["111122223333"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html>
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html>
    "POD104" "trust-no-source-guard", Info Leak Medium,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    let guarded = |statement: &Statement| {
        statement.conditions.iter().any(|condition| {
            crate::document::conditions::is_source(key(condition))
                || key(condition)
                    .to_ascii_lowercase()
                    .starts_with("aws:requesttag/eks-cluster-")
        })
    };
    let open = document.statements().iter().find(|statement| {
        is_allow(statement)
            && crate::document::lets_pods_in(statement)
            && matches_action(statement, "sts:AssumeRole")
            && !guarded(statement)
    });
    let Some(statement) = open else { return };
    let place = statement
        .principal
        .as_ref()
        .map_or(statement.origin, |element| element.origin);
    let draft = document
        .in_statement(
            statement,
            place,
            "accepts any cluster",
            format!(
                "EKS can assume `{}` for pods of any cluster",
                document.object
            ),
        )
        .help(if is_of_cluster_config(context, statement) {
            "make the role yourself with a trust policy that tests `aws:SourceArn`, and name it by `roleARN`"
        } else {
            "test `aws:SourceAccount`, and `aws:SourceArn` with the ARN of the cluster"
        });
    let Owner::Role(role) = document.owner else {
        findings.add(draft);
        return;
    };
    let account = Arn::parse(&role.arn).map_or("", |arn| arn.account);
    if context.inventory.closed.contains("associations", account) {
        return;
    }
    let mut clusters = context.inventory.clusters.iter();
    let bound = context.pods.tenants(role);
    if !bound.iter().all(|association| association.pod().is_known()) {
        findings.add(draft);
        return;
    }
    let is_other = |cluster: &&Cluster| {
        cluster.account == account
            && bound
                .iter()
                .all(|association| association.cluster != cluster.arn)
    };
    findings.add(
        match clusters.find(is_other).filter(|_| !bound.is_empty()) {
            Some(other) => draft
                .severity(Severity::Medium)
                .related(other.origin, "accepts this cluster"),
            None => draft,
        },
    );
}

/// How many bytes before a statement contain the kind of its ClusterConfig; a file may have many statements.
const BEFORE: usize = 16 << 10;

/// Whether eksctl makes the role: a ClusterConfig has no member for its trust policy (eksctl schema, `PodIdentityAssociation`).
fn is_of_cluster_config(context: &Context<'_>, statement: &Statement) -> bool {
    let Some(source) = context.sources.get(statement.origin.source) else {
        return false;
    };
    let end = statement.origin.span.start as usize;
    let start = source.text.floor_char_boundary(end.saturating_sub(BEFORE));
    let before = source.text.get(start..end);
    before.is_some_and(|before| before.contains("kind: ClusterConfig"))
}
