//! SCT116 `parameter-arn-malformed`.

use crate::check::{Check, rule};
use crate::context::Context;
use crate::document::{Document, actions};
use crate::finding::Findings;
use crate::text::globs::overlap;
use policy_engine::service::PARAMETER_STORE;

rule! {
    /// Flags an ARN of Parameter Store without `parameter/` in a statement about parameters.
    ///
    /// # Why it matters
    ///
    /// The ARN of every parameter contains `parameter/` before the name. A pattern without it matches no parameter, and AWS
    /// denies the read.
    ///
    /// # Flagged
    ///
    /// ```json identity
    /// {"Effect": "Allow", "Action": "ssm:GetParameters", "Resource": "arn:aws:ssm:us-east-1:111122223333:app/db"}
    /// ```
    ///
    /// # Accepted
    ///
    /// Write `parameter/` before the name:
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
    ///     resources = ["arn:aws:ssm:us-east-1:111122223333:parameter/app/db"]
    ///   }
    /// }
    /// ```
    ///
    /// # References
    ///
    /// * <https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html>
    /// * <https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html>
    "SCT116" "parameter-arn-malformed", High Break High,
    needs: [Policies], aws: [], fix: None, Check::Document(check);
}

fn check(_: &Context<'_>, document: &Document<'_>, findings: &mut Findings) {
    let service = &PARAMETER_STORE;
    let arns = document.arns().iter();
    for arn in arns.filter(|arn| arn.field(2) == service.service) {
        let plain = actions(arn.statement).iter().all(|value| {
            let mut own = service.values.iter().chain(service.replaces);
            own.any(|name| name.eq_ignore_ascii_case(value.text.literal()))
        });
        if !plain
            || actions(arn.statement).is_empty()
            || overlap(arn.field(5), "parameter/*")
            || arn.fields.len() < 6
        {
            continue;
        }
        let draft = document
            .dead(
                arn.statement,
                RULE.severity,
                arn.value.origin,
                "matches no parameter",
                format!("`{}` is not a parameter", arn.field(5)),
            )
            .because(arn.text)
            .help("arn:aws:ssm:region:account:parameter/name")
            .once(arn.statement.origin);
        findings.add(draft);
    }
}
