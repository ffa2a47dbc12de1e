//! TAG124 `path-read-bypasses-tags`.

use crate::ask::probe::{Probe, SESSION_TAGS};
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::isolates;
use crate::document::{Document, actions, covers, is_allow, named};
use crate::finding::Findings;
use policy_engine::policy::statement::Statement;

rule! {
    /// Flags an Allow to read parameters by path or by history without a condition on tags, next to a statement that requires
    /// tags for reading by name.
    ///
    /// # Why it matters
    ///
    /// `GetParametersByPath` and `GetParameterHistory` return values, and AWS does not evaluate the tags of the parameters
    /// for `GetParametersByPath`. The role can read every parameter below the path, whatever the other statement requires.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// [{"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/app/*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}},
    ///  {"Effect": "Allow", "Action": "ssm:GetParametersByPath", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/app/*"}]
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read by name:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/app/*",
    ///   "Condition": {"StringEquals": {"aws:ResourceTag/kubernetes-namespace": "${aws:PrincipalTag/kubernetes-namespace}"}}}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = ["arn:aws:ssm:us-east-1:111122223333:parameter/app/*"]
    ///     condition {
    ///       test     = "StringEquals"
    ///       variable = "aws:ResourceTag/kubernetes-namespace"
    ///       values   = ["$${aws:PrincipalTag/kubernetes-namespace}"]
    ///     }
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    "TAG124" "path-read-bypasses-tags", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if document.can_be_of_endpoint() {
        return;
    }
    let by_tag = |statement: &&Statement| {
        named(statement, &["ssm:GetParameters", "ssm:GetParameter"]).is_some()
            && statement.conditions.iter().any(isolates)
    };
    for statement in document
        .statements()
        .iter()
        .filter(|statement| is_allow(statement) && by_tag(statement))
    {
        let Some(probe) = Probe::meeting(document, statement, "ssm:GetParametersByPath", |_| false)
        else {
            continue;
        };
        for other in document.allows() {
            let path = named(
                other,
                &["ssm:GetParametersByPath", "ssm:GetParameterHistory"],
            );
            let Some(action) = path.filter(|_| !other.conditions.iter().any(isolates)) else {
                continue;
            };
            let mut asked = probe.clone();
            action.clone_into(&mut asked.action);
            for (tag, _) in SESSION_TAGS {
                asked = asked.without(&format!("aws:ResourceTag/{tag}"));
            }
            let Some(proof) = asked.allowed(context, document) else {
                continue;
            };
            let place = actions(other)
                .iter()
                .find(|value| covers(value, action))
                .map_or(other.origin, |value| value.origin);
            let by = statement
                .conditions
                .iter()
                .find(|condition| isolates(condition))
                .map_or(statement.origin, |condition| condition.key.origin);
            let draft = document
                .in_statement(
                    other,
                    place,
                    "has no tags in its requests",
                    format!(
                        "{action} reads parameters of other tenants without a test of their tags"
                    ),
                )
                .because(action)
                .related(by, "the tag condition")
                .help("use only `ssm:GetParameters`, or limit `Resource` to the path of the tenant")
                .request(Some(proof))
                .once(other.origin);
            findings.add(draft);
        }
    }
}
