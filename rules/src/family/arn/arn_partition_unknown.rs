//! ARN108 `arn-partition-unknown`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::text::regions;

rule! {
    /// Flags a partition that does not exist.
    ///
    /// # Why it matters
    ///
    /// The statement matches nothing. The European Sovereign Cloud is `aws-eusc`, China `aws-cn`.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws-eu:kms:eu-west-1:111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:eu-west-1:111122223333:key/*"}
    /// ```
    "ARN108" "arn-partition-unknown", High Break High,
    needs: [Policies], aws: ["INVALID_PARTITION"], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(partition) = arn.plain(1) else {
            continue;
        };
        if regions::PARTITIONS.contains(&partition) {
            continue;
        }
        let message = format!("there is no partition `{partition}`");
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
                .help(format!(
                    "the partitions are {}",
                    regions::PARTITIONS.join(", ")
                ))
                .once(arn.statement.origin),
        );
    }
}
