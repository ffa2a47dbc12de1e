//! ARN110 `arn-region-empty`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags an ARN without region whose resource type has one.
    ///
    /// # Why it matters
    ///
    /// An empty region is compared as it is, and matches nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms::111122223333:key/*"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111122223333:key/*"}
    /// ```
    ///
    /// # Fix
    ///
    /// Unsafe: writes `*`, which means every region.
    "ARN110" "arn-region-empty", High Break High,
    needs: [Policies, Catalogue], aws: ["MISSING_ARN_REGION"], fix: Some(Grade::Unsafe), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        if arn.fields.len() < 6 || !arn.field(3).is_empty() {
            continue;
        }
        let forms = arn.forms(context.catalogue).unwrap_or_default();
        if !forms.all_fill(3) {
            continue;
        }
        let service = arn.field(2);
        let right = arn
            .text
            .replacen(&format!(":{service}::"), &format!(":{service}:*:"), 1);
        let message = format!("ARNs of {service} name a region here, and this one names none");
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
                .help("write the region, or `*`")
                .replace(Grade::Unsafe, format!("\"{right}\""))
                .once(arn.statement.origin),
        );
    }
}
