//! ARN102 `arn-region-not-allowed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags a region in an ARN whose resource type is global.
    ///
    /// # Why it matters
    ///
    /// The ARN is nothing's name, and the statement matches nothing.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam:us-east-1:111122223333:role/app"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "iam:GetRole", "Resource": "arn:aws:iam::111122223333:role/app"}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: takes the region out.
    "ARN102" "arn-region-not-allowed", High Break High,
    needs: [Policies, Catalogue], aws: ["ARN_REGION_NOT_ALLOWED"], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(context: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document.arns() {
        let Some(region) = arn.plain(3) else { continue };
        let forms = arn.forms(context.catalogue).unwrap_or_default();
        if !forms.all_leave(3) {
            continue;
        }
        let service = arn.field(2);
        let message = format!("ARNs of {service} name no region here, and this one names {region}");
        let right = arn.text.replacen(&format!(":{region}:"), "::", 1);
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
