//! ARN107 `arn-service-uppercase`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags capitals in the service of an ARN.
    ///
    /// # Why it matters
    ///
    /// The text of an ARN is compared with its case: the statement matches nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:SecretsManager:us-east-1:111122223333:secret:db-??????"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-??????"}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: writes the service in lower case.
    "ARN107" "arn-service-uppercase", High Break High,
    needs: [Policies], aws: ["INVALID_ARN_SERVICE_CASE"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let service = arn.field(2);
        if !service.bytes().any(|byte| byte.is_ascii_uppercase()) || service.contains('$') {
            continue;
        }
        let lower = service.to_ascii_lowercase();
        let right = arn
            .text
            .replacen(&format!(":{service}:"), &format!(":{lower}:"), 1);
        let message = format!("the service of an ARN is written in lower case: `{lower}`");
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
                .help(format!("\"{right}\""))
                .replace(Grade::Repair, format!("\"{right}\""))
                .once(arn.statement.origin),
        );
    }
}
