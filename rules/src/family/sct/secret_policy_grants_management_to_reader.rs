//! SCT125 `secret-policy-grants-management-to-reader`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner, actions, covers, entries, named};
use crate::finding::Findings;
use policy_engine::request::Principal;

rule! {
    /// Flags the policy of a secret that allows a reading role to change the policy, the tags or the value of the secret.
    ///
    /// # Why it matters
    ///
    /// With `secretsmanager:PutResourcePolicy` the reader can allow any principal to read the secret. With the other write
    /// actions it can change the tags on which other policies depend, or replace the value.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Allow only the read actions:
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "*"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     principals {
    ///       type        = "AWS"
    ///       identifiers = ["arn:aws:iam::111122223333:role/app"]
    ///     }
    ///     actions   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
    ///     resources = ["*"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_examples.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html>
    "SCT125" "secret-policy-grants-management-to-reader", High Leak High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

const MANAGES: [&str; 4] = [
    "secretsmanager:PutResourcePolicy",
    "secretsmanager:TagResource",
    "secretsmanager:UpdateSecret",
    "secretsmanager:DeleteResourcePolicy",
];

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(document.owner, Owner::Secret(_)) {
        return;
    }
    for (statement, _) in reading(document) {
        let Some(action) = named(statement, &MANAGES) else {
            continue;
        };
        let entries = entries(statement);
        let role = entries
            .into_iter()
            .find(|entry| entry.value.text.literal().contains(":role/"));
        let Some((role, principal)) =
            role.and_then(|entry| Some((entry, Principal::parse(entry.value.text.known()?).ok()?)))
        else {
            continue;
        };
        let probe =
            Probe::meeting(document, statement, action, |_| false).map(|probe| probe.by(principal));
        let Some(proof) = probe.and_then(|probe| probe.resource_allows(context, document)) else {
            continue;
        };
        let place = actions(statement)
            .iter()
            .find(|value| covers(value, action))
            .map_or(statement.origin, |value| value.origin);
        let draft = document
            .in_statement(statement, place, "more than read actions", format!("the policy of `{}` also allows its reader {action}", document.object))
            .because(action)
            .related(role.value.origin, "this role")
            .help("\"Action\": [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"]")
            .request(Some(proof));
        findings.add(draft);
    }
}
