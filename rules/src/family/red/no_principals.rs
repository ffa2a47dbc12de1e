//! RED106 `no-principals`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use policy_engine::source::Origin;

rule! {
    /// Flags an empty list of principals.
    ///
    /// # Why it matters
    ///
    /// The statement matches nobody.
    ///
    /// # Flagged
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": []}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json secret
    /// {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:role/app"]}, "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    /// ```
    "RED106" "no-principals", Info Style High,
    needs: [Policies], aws: ["EMPTY_ARRAY_PRINCIPAL"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let said = |place: Origin| {
        document
            .policy
            .problems
            .iter()
            .any(|own| own.origin == place)
    };
    for statement in document.statements() {
        if let Some(element) = statement
            .principal
            .as_ref()
            .filter(|principal| principal.entries.is_empty() && !said(principal.origin))
        {
            findings.add(
                document
                    .in_statement(
                        statement,
                        element.origin,
                        "empty",
                        "the list of principals is empty",
                    )
                    .help("remove the statement"),
            );
        }
    }
}
