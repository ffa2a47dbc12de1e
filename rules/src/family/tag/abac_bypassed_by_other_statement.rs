//! TAG125 `abac-bypassed-by-other-statement`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::conditions::key;
use crate::document::tags::{Tag, reading, tag};
use crate::document::{Document, Owner, actions, identity, is_allow};
use crate::finding::{Draft, Findings};
use policy_engine::inventory::Role;
use policy_engine::policy::PolicyType;
use policy_engine::policy::statement::Statement;
use policy_engine::source::Origin;

rule! {
    /// Flags a role with a condition on tags in one Allow, if another statement of the role allows the same read without this
    /// condition.
    ///
    /// # Why it matters
    ///
    /// AWS allows a request if any statement allows it. The statement without the condition gives every tenant of the role
    /// every secret, and the condition has no effect.
    ///
    /// # Flagged
    ///
    /// ```diff ascp-policy.yaml also=ESC125+TAG131
    ///          policies:
    ///            read-own:
    /// +            - Effect: Allow
    /// +              Action: secretsmanager:GetSecretValue
    /// +              Resource: arn:aws:secretsmanager:us-east-1:111122223333:secret:*
    ///              - Effect: Allow
    /// ```
    ///
    /// # Accepted
    ///
    /// Keep only the statement with the condition:
    ///
    /// ```yaml
    /// read-own:
    ///   - Effect: Allow
    ///     Action: [secretsmanager:GetSecretValue, secretsmanager:DescribeSecret]
    ///     Resource: arn:aws:secretsmanager:*:*:secret:*
    ///     Condition:
    ///       StringEquals:
    ///         aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    ///         aws:ResourceTag/eks-cluster-arn: ${aws:PrincipalTag/eks-cluster-arn}
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
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics.html>
    "TAG125" "abac-bypassed-by-other-statement", Critical Leak High,
    properties: [OnePerStatement], needs: [Roles], aws: [], fix: None, Check::World(check);
}

fn check(context: &Context<'_>, findings: &mut Findings) {
    for document in &context.documents {
        let Owner::Role(role) = document.owner else {
            continue;
        };
        let document = &document.afresh();
        for (statement, action) in reading(document) {
            let tests: Vec<_> = statement
                .conditions
                .iter()
                .filter(|condition| matches!(tag(condition), Some(Tag::Resource(_))))
                .collect();
            let Some(first) = tests.first() else { continue };
            let probe = Probe::meeting(document, statement, action, |_| false);
            let Some(probe) = probe else { continue };
            let probe = tests.iter().fold(probe, |probe, condition| {
                probe.with(key(condition), "another-tenant")
            });
            if probe.allowed_alone(context, document, statement) {
                continue;
            }
            let Some(proof) = probe.allowed(context, document) else {
                continue;
            };
            let (place, what) = wider(context, document, role, statement, &probe);
            let draft = Draft::new(
                &*document.object,
                place,
                what,
                format!(
                    "another statement of `{}` allows {action} without the tag condition",
                    document.object
                ),
            )
            .because(action)
            .because(identity(statement))
            .related(first.key.origin, "the tag condition")
            .help(if what == ATTACHED {
                "attach a policy of your own with the tag condition instead of this one"
            } else {
                "remove the action from this statement, or add the tag condition"
            })
            .request(Some(proof))
            .once(role.origin);
            findings.add(draft);
        }
    }
}

const ATTACHED: &str = "attached here";

/// The statement that lets the request through; of a policy that nobody here wrote, the place where it is attached.
fn wider(
    context: &Context<'_>,
    document: &Document<'_>,
    role: &Role,
    careful: &Statement,
    probe: &Probe,
) -> (Origin, &'static str) {
    let own = context
        .documents
        .iter()
        .filter(|document| matches!(document.owner, Owner::Role(other) if other.arn == role.arn));
    for other in own.filter(|document| document.kind == PolicyType::Identity) {
        let mut statements = other
            .statements()
            .iter()
            .filter(|statement| is_allow(statement) && statement.origin != careful.origin);
        if let Some(statement) =
            statements.find(|statement| probe.allowed_alone(context, other, statement))
        {
            let place = actions(statement)
                .first()
                .map_or(statement.origin, |value| value.origin);
            return (place, "allowed here without the condition");
        }
    }
    match role.attached.list.first() {
        Some(attached) => (attached.origin, ATTACHED),
        None => (document.policy.origin, "allowed here"),
    }
}
