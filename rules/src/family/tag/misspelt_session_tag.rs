//! TAG101 `misspelt-session-tag`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, concern::is_concern_in, is_deny, named};
use crate::finding::Findings;
use crate::finding::Grade;
use crate::finding::{Draft, Fix};
use crate::mount::cause::{Case, Refusal, TagTest};
use crate::rule::option::MAX_DISTANCE;
use crate::text::{session_tags, tag_keys::resource_tag};
use policy_engine::{
    inventory::Role,
    policy::{PolicyType, statement::Written},
    source::{Origin, Span},
};

rule! {
    /// Flags a principal tag that is similar to one of the six tags that EKS sets, but not equal, and that no role of the
    /// policy has.
    ///
    /// # Why it matters
    ///
    /// IAM accepts every tag key, so it does not report the mistake. The variable has no value at runtime, the condition
    /// never matches, and AWS denies the read.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes_namespace}"}}}
    /// ```
    ///
    /// ```diff ascp-policy.yaml
    /// -                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes-namespace}
    /// +                  aws:ResourceTag/kubernetes-namespace: ${aws:PrincipalTag/kubernetes_namespace}
    /// ```
    ///
    /// # Accepted
    ///
    /// Use the tag key that EKS sets:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*",
    ///  "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["secretsmanager:GetSecretValue"]
    ///     resources = ["*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the tag key that EKS sets. Unsafe in a Deny or a negated condition, where it changes which callers are
    /// denied.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html>
    /// * <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html>
    "TAG101" "misspelt-session-tag", High Break High,
    properties: [NamesMistake], options: [MAX_DISTANCE], needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check), Check::Cause(find);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let roles = match document.owner {
        Owner::Role(role) => std::slice::from_ref(role),
        _ => context.inventory.roles.as_slice(),
    };
    let is_own = |tag: &str| {
        let has = |role: &Role| {
            let mut tags = role.tags.list.iter();
            tags.any(|own| own.key.value.eq_ignore_ascii_case(tag)) || !role.tags.is_settled()
        };
        roles.iter().any(has)
    };
    let most = context.settings.number(&RULE, &MAX_DISTANCE);
    let texts = crate::document::texts(document);
    for (statement, text) in texts.filter(|(own, _)| is_concern_in(document.kind, own)) {
        for (tag, place) in crate::text::session_tags::named(text) {
            // Tags of EKS Auto Mode, and tags of requests that start no session, are no session tags.
            let starts = document.kind == PolicyType::Trust
                || named(statement, &["sts:TagSession", "sts:AssumeRole"]).is_some();
            let is_of_request = is_request_tag(text, place);
            if tag.contains(':') || is_of_request && !starts {
                continue;
            }
            let Some(near) = crate::text::session_tags::near(&tag, most).filter(|_| !is_own(&tag))
            else {
                continue;
            };
            let grade = if is_deny(statement) {
                Grade::Unsafe
            } else {
                Grade::Repair
            };
            let draft = document
                .dead(
                    statement,
                    RULE.severity,
                    place,
                    "no such session tag",
                    format!("no session has the tag `{tag}`"),
                )
                .because(tag)
                .help(format!("did you mean `{near}`?"))
                .replace(grade, near);
            findings.add(draft);
        }
    }
}

fn find(case: &Case<'_>, refusal: &Refusal<'_>) -> Option<Draft> {
    let TagTest::Variable(test) = refusal.tag_test()? else {
        return None;
    };
    let tag = test.tag?;
    let near = session_tags::near(tag, most_letters(case))?;
    // The tag that the same condition tests is nearer than the spelling.
    let tested = test.miss.key.as_deref().and_then(resource_tag);
    let mut keys = session_tags::KEYS.into_iter();
    let near = keys.find(|key| Some(*key) == tested).unwrap_or(near);
    let message = case.message(&format!("no session has the tag `{tag}`"));
    let draft = case
        .at(test.place, "no such session tag", message)
        .mounted(case.mount.name.origin)
        .note("the variable has no value, so the condition never matches")
        .help(format!("did you mean `{near}`?"))
        .fix(Fix {
            grade: Grade::Repair,
            edits: vec![(test.place, near.to_owned())],
        })
        .evidence(test.miss);
    Some(draft)
}

/// The most letters in which a tag may differ from the intended tag.
pub(in crate::family) fn most_letters(case: &Case<'_>) -> usize {
    case.settings.number(&RULE, &MAX_DISTANCE)
}

/// Whether a place is that of a tag of the request, and not of the caller.
fn is_request_tag(text: &Written, place: Origin) -> bool {
    let literal = text.text.literal();
    let prefix = "aws:RequestTag/";
    let head = literal.get(..prefix.len());
    head.is_some_and(|head| head.eq_ignore_ascii_case(prefix))
        && text.inner(Span::new(prefix.len(), literal.len())) == place
}
