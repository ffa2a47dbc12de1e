//! POD102 `trust-missing-tag-session`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, is_allow, matches_action, may_match_action};
use crate::finding::{Draft, Findings, Fix, Grade};
use crate::mount::cause::{Case, Refusal, allowing};
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a role that EKS may assume, but not with session tags. The rule skips roles whose associations all turn session
    /// tags off.
    ///
    /// # Why it matters
    ///
    /// EKS sends the session tags in the `AssumeRole` call, and STS requires `sts:TagSession` for them. If the trust policy
    /// does not allow this action, STS denies the whole call, and the pod gets no credentials.
    ///
    /// # Flagged
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": "sts:AssumeRole"}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    ///          trust: &pods-of-prod
    ///            - Effect: Allow
    ///              Principal: { Service: pods.eks.amazonaws.com }
    /// -            Action: [sts:AssumeRole, sts:TagSession]
    /// +            Action: sts:AssumeRole
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow both actions:
    ///
    /// ```json trust
    /// {"Effect": "Allow", "Principal": {"Service": "pods.eks.amazonaws.com"}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
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
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: adds `sts:TagSession` to the statement that allows EKS.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
    "POD102" "trust-missing-tag-session", High Break High,
    properties: [Generic], needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check), Check::Cause(find);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.kind != PolicyType::Trust {
        return;
    }
    let associations: Vec<_> = match document.owner {
        Owner::Role(role) => context
            .inventory
            .associations
            .iter()
            .filter(|association| {
                association
                    .role
                    .known()
                    .is_some_and(|own| own.value == role.arn)
            })
            .collect(),
        _ => Vec::new(),
    };
    if !associations.is_empty()
        && associations
            .iter()
            .all(|association| association.sets_tags() == Some(false))
    {
        return;
    }
    let lets_in = || {
        let statements = document.statements().iter();
        statements
            .filter(|statement| is_allow(statement) && crate::document::lets_pods_in(statement))
    };
    let assumed = lets_in().find(|statement| matches_action(statement, "sts:AssumeRole"));
    let Some(statement) = assumed
        .filter(|_| !lets_in().any(|statement| may_match_action(statement, "sts:TagSession")))
    else {
        return;
    };
    let Some(element) = &statement.action else {
        return;
    };
    let change = allowing(element, &["sts:AssumeRole", "sts:TagSession"]);
    let mut draft = document
        .in_statement(
            statement,
            element.origin,
            "sts:TagSession is missing",
            format!(
                "the trust policy of `{}` allows EKS to assume the role, but not to set session tags",
                document.object
            ),
        )
        .change(change);
    let fix = draft.fix.take().map(|fix| Fix {
        grade: Grade::Repair,
        ..fix
    });
    draft.fix = fix;
    findings.add(draft);
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let Refusal::Trust(trust) = refusal else {
        return None;
    };
    (!trust.is_irsa && trust.is_about_action()).then(|| refusal.draft(case))
}
