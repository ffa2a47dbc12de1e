//! TAG102 `principal-tag-nobody-sets`.

use crate::check::{Check, rule};
use crate::finding::Draft;
use crate::mount::cause::{Case, Refusal, TagTest, describe};

rule! {
    /// Flags a variable for a principal tag that neither the session nor the role of a pod has.
    ///
    /// # Why it matters
    ///
    /// The variable has no value, so the condition never matches, and AWS denies the read. A role has such a tag only if IAM
    /// tags it, and a Pod Identity session has only the six tags of EKS.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml
    /// -                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// +                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/team}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use a tag that EKS sets, or tag the role:
    ///
    /// ```yaml
    /// aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["arn:aws:secretsmanager:*:*:secret:*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/eks-cluster-arn"
    ///       values   = ["$${aws:PrincipalTag/eks-cluster-arn}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html>
    "TAG102" "principal-tag-nobody-sets", Medium Break High,
    properties: [Generic], needs: [Roles], aws: [], fix: None, Check::GeneralCause(find);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let Some(tag) = test.tag else {
        let message = case.message(&format!("no request contains `{}`", test.name));
        let draft = case
            .at(test.place, "never has a value here", message)
            .help("use a key that the request contains");
        return Some(draft.evidence(test.miss));
    };
    let message = case.message(&format!(
        "neither the session nor the role has a tag `{tag}`"
    ));
    let session = case.walk.session.as_ref();
    let role = session.and_then(|session| case.index.role(&session.role));
    let draft = case.at(test.place, "no session and no role has this tag", message);
    let draft = match role {
        Some(role) => draft.related(role.origin, "the role"),
        None => draft,
    };
    let draft = draft
        .help(format!(
            "tag the role with `{tag}`, or use one of the six session tags of EKS"
        ))
        .note(describe(test.miss))
        .evidence(test.miss);
    Some(draft)
}
