//! SCT115 `parameter-arn-double-slash`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::Document;
use crate::finding::Findings;
use crate::finding::Grade;

rule! {
    /// Flags `parameter//name` in the ARN of a parameter.
    ///
    /// # Why it matters
    ///
    /// The slash at the beginning of a parameter's name is not written again in its ARN.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter//app/db"}
    /// ```
    ///
    /// # Accepted
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/app/db"}
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: takes one slash away.
    "SCT115" "parameter-arn-double-slash", High Break High,
    needs: [Policies], aws: [], fix: Some(Grade::Repair), Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    for arn in document
        .arns()
        .iter()
        .filter(|arn| arn.field(2) == "ssm" && arn.field(5).starts_with("parameter//"))
    {
        let right = arn.text.replacen(":parameter//", ":parameter/", 1);
        let draft = document
            .dead(
                arn.statement,
                RULE.severity,
                arn.value.origin,
                "matches no parameter",
                "the slash of the name is not written again in the ARN",
            )
            .because(arn.text)
            .help(format!("\"{right}\""))
            .replace(Grade::Repair, format!("\"{right}\""))
            .once(arn.statement.origin);
        findings.add(draft);
    }
}
