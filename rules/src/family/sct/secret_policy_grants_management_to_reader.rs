//! SCT125 `secret-policy-grants-management-to-reader`.

use crate::ask::probe::Probe;
use crate::ask::tampering::place_of;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, Owner, entries, speaks_of};
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
    for statement in document.allows() {
        let Some(action) = MANAGES.into_iter().find(|own| speaks_of(statement, own)) else {
            continue;
        };
        let Some(place) = place_of(statement, action) else {
            continue;
        };
        let owner = entries(statement).find_map(|entry| {
            let text = entry.value.text.known()?;
            let reader = text
                .contains(":role/")
                .then(|| Principal::parse(text).ok())??;
            if !reads(context, document, &reader) {
                return None;
            }
            let probe = Probe::meeting(document, statement, action, |_| false)?.by(reader);
            Some((entry, probe.resource_allows(context, document)?))
        });
        let Some((role, proof)) = owner else { continue };
        let message = format!(
            "the policy of `{}` also allows its reader {action}",
            document.object
        );
        let draft = document
            .in_statement(statement, place, "more than read actions", message)
            .because(action)
            .related(role.value.origin, "this role")
            .help("write \"Action\": [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"]")
            .request(Some(proof));
        findings.add(draft);
    }
}

/// Whether a statement of the policy allows a role to read.
fn reads(context: &Context<'_>, document: &Document<'_>, role: &Principal) -> bool {
    const READ: &str = "secretsmanager:GetSecretValue";
    let mut statements = document.allows().filter(|own| speaks_of(own, READ));
    statements.any(|own| {
        let probe = Probe::meeting(document, own, READ, |_| false);
        let probe = probe.map(|probe| probe.by(role.clone()));
        probe.is_some_and(|probe| probe.resource_allows(context, document).is_some())
    })
}
