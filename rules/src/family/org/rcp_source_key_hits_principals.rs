//! ORG108 `rcp-source-key-hits-principals`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::document::conditions::{each, key};
use crate::finding::Findings;
use policy_engine::policy::PolicyType;

rule! {
    /// Flags a resource control policy that denies by for whom a service acts, without being limited to services.
    ///
    /// # Why it matters
    ///
    /// Your own principals carry no such key: the negated test holds for them, too.
    ///
    /// # Flagged
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}}}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json rcp
    /// {"Effect": "Deny", "Principal": "*", "Action": "secretsmanager:*", "Resource": "*", "Condition": {"StringNotEqualsIfExists": {"aws:SourceOrgID": "o-a1b2c3d4e5"}, "Null": {"aws:SourceAccount": "false"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "true"}}}
    /// ```
    "ORG108" "rcp-source-key-hits-principals", Medium Break High,
    needs: [Policies], aws: ["RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for (statement, condition) in each(document) {
        let of_source = crate::document::conditions::is_source(key(condition))
            && condition.parsed.is_some_and(|operator| operator.negated);
        let limited = || {
            statement
                .conditions
                .iter()
                .any(|condition| key(condition).eq_ignore_ascii_case("aws:PrincipalIsAWSService"))
        };
        if document.kind == PolicyType::Rcp && of_source && !limited() {
            let draft = document
                .in_statement(
                    statement,
                    condition.key.origin,
                    "principals have none",
                    format!(
                        "your own principals carry no `{}`, and are denied",
                        key(condition)
                    ),
                )
                .because(key(condition))
                .help("\"BoolIfExists\": {\"aws:PrincipalIsAWSService\": \"true\"}");
            findings.add(draft);
        }
    }
}
