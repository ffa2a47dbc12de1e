//! CAT117 `key-irrelevant-here`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a test of the object's account or organization in the policy of that object.
    ///
    /// # Why it matters
    ///
    /// The object has one account, so the test always says the same.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceAccount": "444455556666"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:role/app"}, "Action": "secretsmanager:GetSecretValue", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}}
    /// ```
    "CAT117" "key-irrelevant-here", Info Style High,
    needs: [Policies], aws: ["IRRELEVANT_CONDITION_KEY_IN_POLICY"], fix: None, Check::Document(check);
}

const OWN: [&str; 3] = [
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
];

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    if !matches!(
        document.kind,
        PolicyType::Resource | PolicyType::Key | PolicyType::Trust
    ) {
        return;
    }
    for (statement, condition) in each(document) {
        if OWN.contains(&key(condition).to_ascii_lowercase().as_str()) {
            let message = format!(
                "`{}` is always the same in the object's own policy",
                key(condition)
            );
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "says nothing here",
                    message,
                )
                .because(key(condition))
                .help("test who asks: `aws:PrincipalAccount`, `aws:PrincipalOrgID`");
            findings.add(draft);
        }
    }
}
