//! ARN109 `arn-too-few-fields`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;

rule! {
    /// Flags an ARN with fewer than six parts.
    ///
    /// # Why it matters
    ///
    /// Mostly the account or the region was left out together with its colon; nothing has such a name.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:secret"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????"}
    /// ```
    "ARN109" "arn-too-few-fields", High Break High,
    needs: [Policies], aws: ["MISSING_ARN_FIELD"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        // A star may stand for the parts that are missing.
        if arn.fields.len() >= 6 || arn.text.ends_with('*') {
            continue;
        }
        let message = format!(
            "an ARN has six parts, and this one has {}",
            arn.fields.len()
        );
        findings.add(
            document
                .dead(
                    arn.statement,
                    RULE.severity,
                    arn.value.origin,
                    "matches nothing",
                    message,
                )
                .because(arn.text)
                .help("arn:partition:service:region:account:resource")
                .once(arn.statement.origin),
        );
    }
}
