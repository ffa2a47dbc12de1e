//! SCT125 `secret-policy-grants-management-to-reader`.

use crate::ask::probe::Probe;
use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::tags::reading;
use crate::document::{Document, Owner, actions, covers, entries, named};
use crate::finding::Findings;
use policy_engine::request::Principal;

rule! {
    /// Flags a secret's policy that lets a role change the secret's policy, tags or value, beside reading it.
    ///
    /// # Why it matters
    ///
    /// The reader becomes the owner: it writes itself, or anyone else, into the policy.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:*", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"], "Resource": "*"}
    /// ```
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
            .in_statement(statement, place, "more than reading", format!("the policy of `{}` lets its reader {action}, too", document.object))
            .because(action)
            .related(role.value.origin, "this role")
            .help("\"Action\": [\"secretsmanager:GetSecretValue\", \"secretsmanager:DescribeSecret\"]")
            .request(Some(proof));
        findings.add(draft);
    }
}
