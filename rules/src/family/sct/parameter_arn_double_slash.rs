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
    /// The ARN of the parameter `/app/db` is `…:parameter/app/db`, with one slash. A pattern with two slashes matches no
    /// parameter, and AWS denies the read. The mistake often comes from `parameter/${name}` in a template, if the name begins
    /// with a slash.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter//app/db"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write one slash:
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:parameter/app/db"}
    /// ```
    ///
    /// In Terraform:
    ///
    /// ```hcl
    /// data "aws_iam_policy_document" "app" {
    ///   statement {
    ///     actions   = ["ssm:GetParameters"]
    ///     resources = [aws_ssm_parameter.db.arn]
    ///   }
    /// }
    /// ```
    ///
    /// # Fix
    ///
    /// Repair: removes one slash.
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
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
                "the ARN of a parameter contains the leading slash of its name only once",
            )
            .because(arn.text)
            .help(format!("\"{right}\""))
            .replace(Grade::Repair, format!("\"{right}\""))
            .once(arn.statement.origin);
        findings.add(draft);
    }
}
